"""Auto scaling by boto3's application-autoscaling, seen by boto3's dynamodb and cloudwatch, in frozen time.

    UNDERSTUDY_TRANSCRIPT=FILE pytest test_autoscaling.py -k transcript

writes what the transcript in emulator/capacity/README.md shows.
"""
import datetime
import json
import os
import re
import urllib.request

import boto3
import botocore.config
import botocore.exceptions
import pytest

from conftest import Server

NOON = datetime.datetime(2026, 1, 15, 12, tzinfo=datetime.timezone.utc)
WRITES = dict(ServiceNamespace="dynamodb", ResourceId="table/Music", ScalableDimension="dynamodb:table:WriteCapacityUnits")
CONSUMED = dict(Namespace="AWS/DynamoDB", MetricName="ConsumedWriteCapacityUnits",
                Dimensions=[{"Name": "TableName", "Value": "Music"}])


class Cloud:
    """A server in frozen time and the three clients; time passes by passing()."""

    def __init__(self, server):
        self.url = server.url
        settings = dict(endpoint_url=server.url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b",
                        config=botocore.config.Config(retries={"max_attempts": 0}))
        self.dynamodb = boto3.client("dynamodb", **settings)
        self.scaling = boto3.client("application-autoscaling", **settings)
        self.cloudwatch = boto3.client("cloudwatch", **settings)

    def passing(self, seconds):
        request = urllib.request.Request(self.url + "/_admin/clock/advance", data=json.dumps({"by": seconds}).encode())
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read().decode()

    def create_table(self, read=5, write=5):
        self.dynamodb.create_table(
            TableName="Music", AttributeDefinitions=[{"AttributeName": "Artist", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "Artist", "KeyType": "HASH"}],
            ProvisionedThroughput={"ReadCapacityUnits": read, "WriteCapacityUnits": write})

    def scale_writes(self, least, most, target, **configuration):
        self.scaling.register_scalable_target(MinCapacity=least, MaxCapacity=most, **WRITES)
        metric = {"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"}
        return self.scaling.put_scaling_policy(
            PolicyName="writes", PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={"TargetValue": target, "PredefinedMetricSpecification": metric,
                                                      **configuration}, **WRITES)

    def write_for_a_minute(self, per_second):
        """Ten bursts in a minute; returns how many writes were refused."""
        refused = 0
        for _ in range(10):
            for i in range(per_second * 6):
                try:
                    self.dynamodb.put_item(TableName="Music", Item={"Artist": {"S": f"artist {i}"}})
                except self.dynamodb.exceptions.ProvisionedThroughputExceededException:
                    refused += 1
            self.passing(6)
        return refused

    def write_units(self):
        return self.dynamodb.describe_table(TableName="Music")["Table"]["ProvisionedThroughput"]["WriteCapacityUnits"]

    def activities(self):
        return self.scaling.describe_scaling_activities(ServiceNamespace="dynamodb")["ScalingActivities"]

    def minutes(self, **more):
        answer = self.cloudwatch.get_metric_statistics(
            **{**CONSUMED, "StartTime": NOON, "EndTime": NOON + datetime.timedelta(hours=2), "Period": 60,
               "Statistics": ["Sum"], **more})
        return {int((point["Timestamp"] - NOON).total_seconds()) // 60: point["Sum"] for point in answer["Datapoints"]}


@pytest.fixture
def cloud(tmp_path):
    server = Server(tmp_path, "--clock", "frozen:2026-01-15T12:00:00Z", "--throttle")
    yield Cloud(server)
    server.stop()


def test_a_table_grows_under_load_and_shrinks_after_it(cloud):
    cloud.create_table()
    cloud.scale_writes(3, 12, 50.0)
    seen, refused = [], []
    for _ in range(8):
        refused.append(cloud.write_for_a_minute(per_second=10))
        seen.append(cloud.write_units())
    assert seen[0] == 5 and refused[0] > 0
    assert seen[-1] == 12, "ten a second need twenty units; twelve are the maximum"
    assert refused[-1] == 0
    for _ in range(20):
        cloud.passing(60)
        seen.append(cloud.write_units())
    assert seen[-1] == 3, "no load needs nothing; three are the minimum"
    assert all(3 <= units <= 12 for units in seen)
    texts = [activity["Description"] for activity in reversed(cloud.activities())]
    assert texts[-1] == "Setting write capacity units to 3."
    assert "Setting write capacity units to 12." in texts
    assert {activity["StatusCode"] for activity in cloud.activities()} == {"Successful"}
    causes = [activity["Cause"] for activity in reversed(cloud.activities())]
    assert re.fullmatch(r"monitor alarm TargetTracking-table/Music-AlarmHigh-[0-9a-f-]{36} in state ALARM "
                        r"triggered policy writes", causes[0])
    assert "-AlarmLow-" in causes[-1]


def test_cloudwatch_shows_the_minutes_that_the_scaler_acts_on(cloud):
    cloud.create_table(write=100)
    for per_second in (1, 2, 3):
        cloud.write_for_a_minute(per_second)
    assert cloud.minutes() == {0: 60, 1: 120, 2: 180}
    assert cloud.minutes(Period=300) == {0: 360}
    data = cloud.cloudwatch.get_metric_data(
        StartTime=NOON, EndTime=NOON + datetime.timedelta(minutes=5), ScanBy="TimestampAscending",
        MetricDataQueries=[
            {"Id": "used", "ReturnData": False, "MetricStat": {"Metric": CONSUMED, "Period": 60, "Stat": "Sum"}},
            {"Id": "given", "ReturnData": False, "MetricStat": {
                "Metric": {**CONSUMED, "MetricName": "ProvisionedWriteCapacityUnits"}, "Period": 60, "Stat": "Average"}},
            {"Id": "percent", "Expression": "100 * used / PERIOD(used) / FILL(given, REPEAT)", "Label": "utilisation"}])
    result = data["MetricDataResults"][0]
    assert result["Label"] == "utilisation" and result["Values"] == [1, 2, 3]
    page = json.loads(cloud.get("/metrics.json"))["metrics"]
    same = [each for each in page if each["name"] == "ConsumedWriteCapacityUnits" and each["table"] == "Music"]
    assert [minute["sum"] for minute in same[0]["minutes"]] == [60, 120, 180]
    assert 'dynamodb_consumed_write_capacity_units_total{tenant="default",table="Music"} 360\n' in cloud.get("/metrics")


@pytest.mark.parametrize("protocol", ["json", "smithy-rpc-v2-cbor", "query"])
def test_cloudwatch_speaks_each_protocol_of_its_model(cloud, protocol, monkeypatch):
    """botocore takes the first of the model's protocols that it likes best: here it has no choice."""
    cloud.create_table(write=100)
    cloud.write_for_a_minute(1)
    session = boto3.session.Session()
    loader = session._session.get_component("data_loader")
    load = loader.load_service_model

    def load_one(service, type_name, *arguments, **more):
        model = load(service, type_name, *arguments, **more)
        if service == "cloudwatch" and type_name == "service-2":
            model = {**model, "metadata": {**model["metadata"], "protocol": protocol, "protocols": [protocol]}}
        return model

    monkeypatch.setattr(loader, "load_service_model", load_one)
    sent = []
    cloud.cloudwatch = session.client("cloudwatch", endpoint_url=cloud.url, region_name="us-east-1", aws_access_key_id="a",
                                      aws_secret_access_key="b")
    cloud.cloudwatch.meta.events.register("before-send.cloudwatch.*", lambda request, **_: sent.append(request))
    assert cloud.minutes() == {0: 60}
    content_type = {"json": "application/x-amz-json-1.0", "smithy-rpc-v2-cbor": "application/cbor",
                    "query": "application/x-www-form-urlencoded; charset=utf-8"}[protocol]
    assert sent[0].headers["Content-Type"] in (content_type, content_type.encode())
    assert {metric["MetricName"] for metric in cloud.cloudwatch.list_metrics(Namespace="AWS/DynamoDB")["Metrics"]} > {
        "ConsumedWriteCapacityUnits", "ProvisionedReadCapacityUnits"}
    assert cloud.cloudwatch.describe_alarms()["MetricAlarms"] == []
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        cloud.minutes(Period=1, EndTime=NOON + datetime.timedelta(days=9))
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValue"


def test_the_alarms_are_those_of_the_service(cloud):
    cloud.create_table()
    policy = cloud.scale_writes(1, 10, 70.0)
    alarms = cloud.cloudwatch.describe_alarms(AlarmNamePrefix="TargetTracking-table/Music")["MetricAlarms"]
    assert {alarm["AlarmArn"] for alarm in alarms} == {alarm["AlarmARN"] for alarm in policy["Alarms"]}
    rules = {alarm["AlarmName"].split("-")[2]: (alarm["MetricName"], alarm["ComparisonOperator"], alarm["Threshold"],
                                                alarm["EvaluationPeriods"], alarm["Period"]) for alarm in alarms}
    assert rules == {
        "AlarmHigh": ("ConsumedWriteCapacityUnits", "GreaterThanThreshold", 210, 2, 60),
        "AlarmLow": ("ConsumedWriteCapacityUnits", "LessThanThreshold", 150, 15, 60),
        "ProvisionedCapacityHigh": ("ProvisionedWriteCapacityUnits", "GreaterThanThreshold", 5, 3, 300),
        "ProvisionedCapacityLow": ("ProvisionedWriteCapacityUnits", "LessThanThreshold", 5, 3, 300)}


def test_scheduled_actions_change_the_bounds(cloud):
    cloud.create_table()
    cloud.scaling.register_scalable_target(MinCapacity=1, MaxCapacity=10, **WRITES)
    for name, schedule, least, most in (("morning", "at(2026-01-15T12:30:00)", 15, 20), ("evening", "cron(0 18 * * ? *)", 5, 8)):
        cloud.scaling.put_scheduled_action(ScheduledActionName=name, Schedule=schedule, Timezone="UTC",
                                           ScalableTargetAction={"MinCapacity": least, "MaxCapacity": most}, **WRITES)
    cloud.passing(1800)
    assert cloud.write_units() == 15
    cloud.passing(6 * 3600)
    assert cloud.write_units() == 8
    actions = cloud.scaling.describe_scheduled_actions(ServiceNamespace="dynamodb")["ScheduledActions"]
    assert {action["ScheduledActionName"] for action in actions} == {"morning", "evening"}
    assert [activity["Cause"] for activity in cloud.activities()] == [
        "maximum capacity was set to 8", "scheduled action name evening was triggered",
        "minimum capacity was set to 15", "scheduled action name morning was triggered"]


def test_errors_are_the_exceptions_of_the_model(cloud):
    with pytest.raises(cloud.scaling.exceptions.ValidationException, match="DynamoDB table does not exist: table/Music"):
        cloud.scaling.register_scalable_target(MinCapacity=1, MaxCapacity=2, **WRITES)
    with pytest.raises(cloud.scaling.exceptions.ObjectNotFoundException, match="No scalable target found"):
        cloud.scaling.deregister_scalable_target(**WRITES)
    with pytest.raises(cloud.scaling.exceptions.ObjectNotFoundException, match="No scaling policy found"):
        cloud.scaling.delete_scaling_policy(PolicyName="writes", **WRITES)


def test_pages_are_turned_by_boto3(cloud):
    cloud.create_table()
    cloud.scaling.register_scalable_target(MinCapacity=1, MaxCapacity=10, **WRITES)
    for i in range(7):
        cloud.scaling.put_scheduled_action(ScheduledActionName=f"action{i}", Schedule="rate(1 day)",
                                           ScalableTargetAction={"MinCapacity": 1}, **WRITES)
    pages = cloud.scaling.get_paginator("describe_scheduled_actions").paginate(
        ServiceNamespace="dynamodb", PaginationConfig={"PageSize": 3})
    assert [len(page["ScheduledActions"]) for page in pages] == [3, 3, 1]


def test_metrics_page_passes_a_lint(cloud):
    """What promtool check metrics asks for: help and type first, counters in _total, base units, no repeated sample."""
    cloud.create_table()
    cloud.write_for_a_minute(10)
    described, samples = {}, set()
    for line in cloud.get("/metrics").splitlines():
        if line.startswith("# HELP "):
            name = line.split()[2]
            assert name not in described and len(line.split()) > 3
            described[name] = None
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert described[name] is None
            described[name] = kind
            assert kind in ("counter", "gauge", "summary") and (kind == "counter") == name.endswith("_total")
            assert not re.search(r"_(milliseconds|ms|percent|count|sum|bucket)(_|$)", name)
        else:
            match = re.fullmatch(r'([a-z_]+)(\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? (\S+)', line)
            assert match, line
            name = re.sub("_(sum|count)$", "", match[1]) if match[1] not in described else match[1]
            assert described[name] and line.rsplit(" ", 1)[0] not in samples
            samples.add(line.rsplit(" ", 1)[0])
            assert float(match[3]) >= 0
    assert "dynamodb_consumed_write_capacity_units_total" in described


def test_transcript(cloud):
    """The transcript of emulator/capacity/README.md is what this run sees."""
    lines = []
    cloud.create_table()
    cloud.scale_writes(1, 100, 50.0)
    for minute in range(1, 28):
        per_second = 10 if minute <= 8 else 0
        refused = cloud.write_for_a_minute(per_second) if per_second else cloud.passing(60) or 0
        told = [activity for activity in cloud.activities()
                if activity["EndTime"] > NOON + datetime.timedelta(minutes=minute - 1)]
        done = "; ".join(activity["Description"] + " " + re.sub(r".*-(Alarm\w+)-.*", r"(\1)", activity["Cause"]) for activity in told)
        if per_second or told:
            lines.append(f"{minute:4} {per_second:9} {int(cloud.minutes().get(minute - 1, 0)):9} {refused:8} "
                         f"{cloud.write_units():6}  {done}".rstrip())
    transcript = "minute  offered/s  consumed  refused  units  activity\n" + "\n".join(lines) + "\n"
    if os.environ.get("UNDERSTUDY_TRANSCRIPT"):
        with open(os.environ["UNDERSTUDY_TRANSCRIPT"], "w", encoding="utf-8") as out:
            out.write(transcript)
    root = os.path.join(os.path.dirname(__file__), "..", "..", "..", "emulator", "capacity", "README.md")
    with open(root, encoding="utf-8") as readme:
        assert transcript in readme.read()
