// AWS SDK for JavaScript v3, plain and document client: table life, items, paging, transactions, errors
// as the SDK maps them. Prints a line per check; the endpoint comes from AWS_ENDPOINT_URL_DYNAMODB.
import assert from "node:assert/strict";
import * as ddb from "@aws-sdk/client-dynamodb";
import * as dds from "@aws-sdk/client-dynamodb-streams";
import * as doc from "@aws-sdk/lib-dynamodb";

const client = new ddb.DynamoDBClient({ maxAttempts: 2 });
const documents = doc.DynamoDBDocumentClient.from(client);
const TableName = "scripts";
let passed = 0;
let failed = 0;

async function check(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok     ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.stack}`);
  }
}

await check("a table is created and becomes active", async () => {
  await client.send(new ddb.CreateTableCommand({
    TableName, BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk"].map((name) => ({ AttributeName: name, AttributeType: "S" })),
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }],
  }));
  const { state } = await ddb.waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName });
  assert.equal(state, "SUCCESS");
  const { Table } = await client.send(new ddb.DescribeTableCommand({ TableName }));
  assert.equal(Table.TableStatus, "ACTIVE");
  assert.ok(Table.CreationDateTime instanceof Date);
});

await check("items keep their types", async () => {
  const Item = { pk: "a", sk: "ü", n: 1.5, list: [1, "x", null, true, { deep: [] }], set: new Set(["a", "b"]),
    bytes1: new Uint8Array([0, 255]), empty: "" };
  await documents.send(new doc.PutCommand({ TableName, Item }));
  const answer = await documents.send(new doc.GetCommand({ TableName, Key: { pk: "a", sk: "ü" }, ConsistentRead: true }));
  assert.deepEqual(answer.Item, Item);
  assert.equal(answer.$metadata.httpStatusCode, 200);
  assert.equal(answer.$metadata.requestId.length, 52);
});

await check("updates and deletes answer what was asked for", async () => {
  const updated = await documents.send(new doc.UpdateCommand({
    TableName, Key: { pk: "a", sk: "ü" }, UpdateExpression: "SET n = n + :d, #e = :t REMOVE bytes1",
    ExpressionAttributeNames: { "#e": "empty" }, ExpressionAttributeValues: { ":d": 1, ":t": "full" },
    ReturnValues: "UPDATED_NEW" }));
  assert.deepEqual(updated.Attributes, { n: 2.5, empty: "full" });
  const removed = await documents.send(new doc.DeleteCommand({ TableName, Key: { pk: "a", sk: "ü" }, ReturnValues: "ALL_OLD" }));
  assert.equal(removed.Attributes.n, 2.5);
});

await check("queries page with the paginator", async () => {
  await documents.send(new doc.BatchWriteCommand({ RequestItems: { [TableName]:
    Array.from({ length: 25 }, (_, n) => ({ PutRequest: { Item: { pk: "many", sk: String(n).padStart(2, "0") } } })) } }));
  const found = [];
  for await (const page of doc.paginateQuery({ client: documents, pageSize: 4 }, {
    TableName, KeyConditionExpression: "pk = :p AND sk < :s", ExpressionAttributeValues: { ":p": "many", ":s": "20" } })) {
    found.push(...page.Items.map((item) => item.sk));
  }
  assert.equal(found.length, 20);
  assert.deepEqual(found, [...found].sort());
});

await check("transactions cancel with reasons", async () => {
  const put = (sk, more = {}) => ({ Put: { TableName, Item: { pk: "t", sk }, ...more } });
  await documents.send(new doc.TransactWriteCommand({ TransactItems: [put("1"), put("2")] }));
  await assert.rejects(documents.send(new doc.TransactWriteCommand({ TransactItems: [
    put("3"), put("1", { ConditionExpression: "attribute_not_exists(pk)" })] })), (error) => {
    assert.ok(error instanceof ddb.TransactionCanceledException);
    assert.deepEqual(error.CancellationReasons.map((reason) => reason.Code), ["None", "ConditionalCheckFailed"]);
    assert.match(error.message, /^Transaction cancelled, please refer cancellation reasons for specific reasons \[/);
    return true;
  });
  const read = await documents.send(new doc.TransactGetCommand({ TransactItems: ["1", "3"].map((sk) =>
    ({ Get: { TableName, Key: { pk: "t", sk } } })) }));
  assert.deepEqual(read.Responses.map((one) => one.Item?.sk), ["1", undefined]);
});

await check("errors have their classes", async () => {
  const key = { pk: "t", sk: "1" };
  await assert.rejects(documents.send(new doc.PutCommand({ TableName, Item: key, ConditionExpression: "attribute_not_exists(pk)",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" })), (error) =>
    error instanceof ddb.ConditionalCheckFailedException && error.message === "The conditional request failed" && error.Item !== undefined);
  await assert.rejects(documents.send(new doc.GetCommand({ TableName: "absent", Key: key })), (error) =>
    error instanceof ddb.ResourceNotFoundException && error.message === "Requested resource not found");
  await assert.rejects(documents.send(new doc.PutCommand({ TableName, Item: { pk: "only" } })), (error) =>
    error.name === "ValidationException" && error.$fault === "client");
  await assert.rejects(client.send(new ddb.CreateTableCommand({ TableName, BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }], KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }] })),
  (error) => error instanceof ddb.ResourceInUseException);
});

/** Moves the emulator's clock, as a test would that cannot wait for shards to roll over. */
async function advance(hours) {
  const answer = await fetch(`${process.env.AWS_ENDPOINT_URL_DYNAMODB}/_admin/clock/advance`,
    { method: "POST", body: JSON.stringify({ by: hours * 3600 }) });
  assert.equal(answer.status, 200);
}

await check("a stream is read shard by shard, parents first, across a rollover", async () => {
  const streams = new dds.DynamoDBStreamsClient({ endpoint: process.env.AWS_ENDPOINT_URL_DYNAMODB, maxAttempts: 2 });
  const { TableDescription } = await client.send(new ddb.CreateTableCommand({
    TableName: "streamed", BillingMode: "PAY_PER_REQUEST", AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }], StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } }));
  const StreamArn = TableDescription.LatestStreamArn;
  for (let n = 0; n < 20; n += 1) {
    if (n === 10) await advance(4);
    await documents.send(new doc.PutCommand({ TableName: "streamed", Item: { pk: String(n % 5), n } }));
  }
  const { StreamDescription } = await streams.send(new dds.DescribeStreamCommand({ StreamArn }));
  assert.equal(StreamDescription.StreamStatus, "ENABLED");
  const closed = StreamDescription.Shards.filter((shard) => shard.SequenceNumberRange.EndingSequenceNumber);
  assert.equal(closed.length, 4);
  assert.equal(StreamDescription.Shards.filter((shard) => closed.some((parent) => parent.ShardId === shard.ParentShardId)).length, 4);
  const waiting = new Map(StreamDescription.Shards.map((shard) => [shard.ShardId, shard]));
  const found = [];
  while (waiting.size > 0) {
    for (const [ShardId, shard] of waiting) {
      if (waiting.has(shard.ParentShardId)) continue;
      let { ShardIterator } = await streams.send(new dds.GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" }));
      for (;;) {
        const page = await streams.send(new dds.GetRecordsCommand({ ShardIterator, Limit: 3 }));
        found.push(...page.Records);
        if (page.Records.length === 0 || !page.NextShardIterator) break;
        ShardIterator = page.NextShardIterator;
      }
      waiting.delete(ShardId);
    }
  }
  assert.equal(found.length, 20);
  assert.ok(found.every((record) => record.dynamodb.ApproximateCreationDateTime instanceof Date));
  for (let key = 0; key < 5; key += 1) {
    assert.deepEqual(found.filter((record) => record.dynamodb.Keys.pk.S === String(key)).map((record) => Number(record.dynamodb.NewImage.n.N)),
      [key, key + 5, key + 10, key + 15]);
  }
  await assert.rejects(streams.send(new dds.GetRecordsCommand({ ShardIterator: "made up" })), (error) => error.name === "ValidationException");
  await assert.rejects(streams.send(new dds.DescribeStreamCommand({ StreamArn: StreamArn + "0" })),
    (error) => error instanceof dds.ResourceNotFoundException);
  await client.send(new ddb.DeleteTableCommand({ TableName: "streamed" }));
});

await check("the table is deleted", async () => {
  await client.send(new ddb.DeleteTableCommand({ TableName }));
  const { state } = await ddb.waitUntilTableNotExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName });
  assert.equal(state, "SUCCESS");
  assert.deepEqual((await client.send(new ddb.ListTablesCommand({}))).TableNames, []);
});

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
