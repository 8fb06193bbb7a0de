package understudy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * AWS SDK for Java v2: table life, items, paging, transactions, errors as the SDK maps them. Prints a line per
 * check; the endpoint comes from AWS_ENDPOINT_URL_DYNAMODB.
 */
public final class Client {
  private static final String TABLE = "java";
  private static final DynamoDbClient CLIENT = DynamoDbClient.builder()
      .httpClient(UrlConnectionHttpClient.create())
      .endpointOverride(URI.create(System.getenv("AWS_ENDPOINT_URL_DYNAMODB")))
      .build();
  private static final DynamoDbStreamsClient STREAMS = DynamoDbStreamsClient.builder()
      .httpClient(UrlConnectionHttpClient.create())
      .endpointOverride(URI.create(System.getenv("AWS_ENDPOINT_URL_DYNAMODB")))
      .build();
  private static int passed = 0;
  private static int failed = 0;

  private interface Body {
    void run() throws Exception;
  }

  private static void check(String name, Body body) {
    try {
      body.run();
      passed++;
      System.out.println("ok     " + name);
    } catch (Throwable error) {
      failed++;
      System.out.println("FAILED " + name + ": " + error);
    }
  }

  private static void same(Object expected, Object got) {
    if (!expected.equals(got)) {
      throw new AssertionError("expected " + expected + ", got " + got);
    }
  }

  private static <E extends Exception> E thrown(Class<E> type, Body body) {
    try {
      body.run();
    } catch (Exception error) {
      if (type.isInstance(error)) {
        return type.cast(error);
      }
      throw new AssertionError("expected " + type.getSimpleName() + ", got " + error);
    }
    throw new AssertionError("expected " + type.getSimpleName() + ", got no error");
  }

  private static AttributeValue s(String text) {
    return AttributeValue.fromS(text);
  }

  private static Map<String, AttributeValue> key(String pk, String sk) {
    return Map.of("pk", s(pk), "sk", s(sk));
  }

  public static void main(String[] arguments) {
    check("a table is created and becomes active", Client::createTable);
    check("items keep their types", Client::keepTypes);
    check("updates and deletes answer what was asked for", Client::updateAndDelete);
    check("queries page with the paginator", Client::page);
    check("transactions cancel with reasons", Client::transact);
    check("errors have their classes", Client::errors);
    check("a stream is read shard by shard, parents first, across a rollover", Client::stream);
    check("the table is deleted", Client::deleteTable);
    System.out.println(passed + " passed, " + failed + " failed");
    System.exit(failed == 0 && passed > 0 ? 0 : 1);
  }

  private static void createTable() {
    CLIENT.createTable(CreateTableRequest.builder().tableName(TABLE).billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(
            AttributeDefinition.builder().attributeName("pk").attributeType(ScalarAttributeType.S).build(),
            AttributeDefinition.builder().attributeName("sk").attributeType(ScalarAttributeType.S).build())
        .keySchema(KeySchemaElement.builder().attributeName("pk").keyType(KeyType.HASH).build(),
            KeySchemaElement.builder().attributeName("sk").keyType(KeyType.RANGE).build())
        .build());
    var found = CLIENT.waiter().waitUntilTableExists(r -> r.tableName(TABLE)).matched().response().orElseThrow();
    same(TableStatus.ACTIVE, found.table().tableStatus());
  }

  private static void keepTypes() {
    Map<String, AttributeValue> item = Map.of("pk", s("a"), "sk", s("ü"), "n", AttributeValue.fromN("1.5"),
        "bytes1", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, (byte) 255})),
        "list", AttributeValue.fromL(List.of(s(""), AttributeValue.fromNul(true), AttributeValue.fromBool(false))),
        "map", AttributeValue.fromM(Map.of("set", AttributeValue.fromSs(List.of("a", "b")))));
    CLIENT.putItem(r -> r.tableName(TABLE).item(item));
    var answer = CLIENT.getItem(r -> r.tableName(TABLE).key(key("a", "ü")).consistentRead(true));
    same(item, answer.item());
    same(52, answer.responseMetadata().requestId().length());
    same(false, CLIENT.getItem(r -> r.tableName(TABLE).key(key("a", "none"))).hasItem());
  }

  private static void updateAndDelete() {
    var updated = CLIENT.updateItem(r -> r.tableName(TABLE).key(key("a", "ü")).updateExpression("SET n = n + :d REMOVE bytes1")
        .expressionAttributeValues(Map.of(":d", AttributeValue.fromN("1"))).returnValues(ReturnValue.UPDATED_NEW));
    same(Map.of("n", AttributeValue.fromN("2.5")), updated.attributes());
    var removed = CLIENT.deleteItem(r -> r.tableName(TABLE).key(key("a", "ü")).returnValues(ReturnValue.ALL_OLD));
    same("2.5", removed.attributes().get("n").n());
  }

  private static void page() {
    List<WriteRequest> puts = IntStream.range(0, 25).mapToObj(n -> WriteRequest.builder()
        .putRequest(p -> p.item(key("many", String.format("%02d", n)))).build()).toList();
    CLIENT.batchWriteItem(r -> r.requestItems(Map.of(TABLE, puts)));
    List<String> found = CLIENT.queryPaginator(r -> r.tableName(TABLE).limit(4)
        .keyConditionExpression("pk = :p AND sk < :s")
        .expressionAttributeValues(Map.of(":p", s("many"), ":s", s("20"))))
        .items().stream().map(item -> item.get("sk").s()).toList();
    same(IntStream.range(0, 20).mapToObj(n -> String.format("%02d", n)).toList(), found);
  }

  private static TransactWriteItem put(String sk, String condition) {
    return TransactWriteItem.builder().put(p -> p.tableName(TABLE).item(key("t", sk)).conditionExpression(condition)).build();
  }

  private static void transact() {
    CLIENT.transactWriteItems(r -> r.transactItems(put("1", null), put("2", null)));
    var error = thrown(TransactionCanceledException.class, () -> CLIENT.transactWriteItems(
        r -> r.transactItems(put("3", null), put("1", "attribute_not_exists(pk)"))));
    same(List.of("None", "ConditionalCheckFailed"), error.cancellationReasons().stream().map(CancellationReason::code).toList());
    var read = CLIENT.transactGetItems(r -> r.transactItems(
        TransactGetItem.builder().get(g -> g.tableName(TABLE).key(key("t", "1"))).build(),
        TransactGetItem.builder().get(g -> g.tableName(TABLE).key(key("t", "3"))).build()));
    same(List.of(true, false), read.responses().stream().map(ItemResponse::hasItem).toList());
  }

  private static void errors() {
    var failure = thrown(ConditionalCheckFailedException.class, () -> CLIENT.putItem(r -> r.tableName(TABLE).item(key("t", "1"))
        .conditionExpression("attribute_not_exists(pk)")
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)));
    same("The conditional request failed", failure.awsErrorDetails().errorMessage());
    same(true, failure.hasItem());
    var missing = thrown(ResourceNotFoundException.class, () -> CLIENT.getItem(r -> r.tableName("absent").key(key("a", "b"))));
    same("Requested resource not found", missing.awsErrorDetails().errorMessage());
    var invalid = thrown(DynamoDbException.class, () -> CLIENT.putItem(r -> r.tableName(TABLE).item(Map.of("pk", s("x")))));
    same("ValidationException", invalid.awsErrorDetails().errorCode());
    thrown(ResourceInUseException.class, Client::createTable);
  }

  /** Moves the emulator's clock, as a test would that cannot wait for shards to roll over. */
  private static void advance(int hours) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(System.getenv("AWS_ENDPOINT_URL_DYNAMODB") + "/_admin/clock/advance"))
        .POST(HttpRequest.BodyPublishers.ofString("{\"by\": " + hours * 3600 + "}")).build();
    same(200, HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
  }

  private static void stream() throws Exception {
    var description = CLIENT.createTable(r -> r.tableName("streamed").billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(a -> a.attributeName("pk").attributeType(ScalarAttributeType.S))
        .keySchema(k -> k.attributeName("pk").keyType(KeyType.HASH))
        .streamSpecification(s -> s.streamEnabled(true).streamViewType(StreamViewType.NEW_IMAGE))).tableDescription();
    String arn = description.latestStreamArn();
    for (int n = 0; n < 20; n++) {
      if (n == 10) {
        advance(4);
      }
      String key = String.valueOf(n % 5);
      String number = String.valueOf(n);
      CLIENT.putItem(r -> r.tableName("streamed").item(Map.of("pk", s(key), "n", AttributeValue.fromN(number))));
    }
    var waiting = new LinkedHashMap<String, Shard>();
    STREAMS.describeStream(r -> r.streamArn(arn)).streamDescription().shards().forEach(shard -> waiting.put(shard.shardId(), shard));
    same(4L, waiting.values().stream().filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() != null).count());
    same(4L, waiting.values().stream().filter(shard -> waiting.containsKey(shard.parentShardId())).count());
    var found = new ArrayList<Record>();
    while (!waiting.isEmpty()) {
      for (Shard shard : List.copyOf(waiting.values())) {
        if (!waiting.containsKey(shard.parentShardId())) {
          readShard(arn, shard.shardId(), found);
          waiting.remove(shard.shardId());
        }
      }
    }
    same(20, found.size());
    for (int key = 0; key < 5; key++) {
      String text = String.valueOf(key);
      same(List.of(key, key + 5, key + 10, key + 15), found.stream().filter(one -> one.dynamodb().keys().get("pk").s().equals(text))
          .map(one -> Integer.valueOf(one.dynamodb().newImage().get("n").n())).toList());
    }
    thrown(ResourceNotFoundException.class, () -> STREAMS.describeStream(r -> r.streamArn(arn + "0")));
    CLIENT.deleteTable(r -> r.tableName("streamed"));
  }

  private static void readShard(String arn, String shard, List<Record> found) {
    String iterator = STREAMS.getShardIterator(r -> r.streamArn(arn).shardId(shard)
        .shardIteratorType(ShardIteratorType.TRIM_HORIZON)).shardIterator();
    while (iterator != null) {
      String from = iterator;
      var page = STREAMS.getRecords(r -> r.shardIterator(from).limit(3));
      found.addAll(page.records());
      iterator = page.records().isEmpty() ? null : page.nextShardIterator();
    }
  }

  private static void deleteTable() {
    CLIENT.deleteTable(r -> r.tableName(TABLE));
    CLIENT.waiter().waitUntilTableNotExists(r -> r.tableName(TABLE));
    same(List.of(), CLIENT.listTables().tableNames());
  }

  private Client() {}
}
