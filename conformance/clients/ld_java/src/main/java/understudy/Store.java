package understudy;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;

/**
 * The requests of LaunchDarkly's Java store 5.0.0 (launchdarkly-java-server-sdk-dynamodb-store), shape by shape, sent by
 * the AWS SDK for Java v2: init, upsert, get, all, delete, Big Segments. The store itself, with LaunchDarkly's own tests
 * of it, runs by conformance/clients/launchdarkly_suites.py java=CHECKOUT. Prints a line per check; the endpoint comes
 * from AWS_ENDPOINT_URL_DYNAMODB.
 */
public final class Store {
  private static final String TABLE = "launchdarkly-java";
  private static final String NAMESPACE = "namespace";
  private static final String KEY = "key";
  private static final int BATCH = 25;
  private static final DynamoDbClient CLIENT = DynamoDbClient.builder()
      .httpClient(UrlConnectionHttpClient.create())
      .endpointOverride(URI.create(System.getenv("AWS_ENDPOINT_URL_DYNAMODB")))
      .build();
  private static int passed = 0;
  private static int failed = 0;

  /** What a store keeps of a flag; a tombstone's JSON is the text "null". */
  private record Flag(String key, int version, String json) {
    static Flag of(String key, int version) {
      return new Flag(key, version, "{\"key\":\"" + key + "\",\"version\":" + version + "}");
    }

    static Flag tombstone(String key, int version) {
      return new Flag(key, version, "null");
    }
  }

  private final String prefix;

  private Store(String prefix) {
    this.prefix = prefix;
  }

  // ---- The store's requests ----

  private String namespace(String base) {
    return prefix + ":" + base;
  }

  private static AttributeValue s(String text) {
    return AttributeValue.builder().s(text).build();
  }

  private static AttributeValue n(long number) {
    return AttributeValue.builder().n(String.valueOf(number)).build();
  }

  private static Map<String, AttributeValue> keys(String namespace, String key) {
    return Map.of(NAMESPACE, s(namespace), KEY, s(key));
  }

  private Map<String, AttributeValue> row(String kind, Flag flag) {
    Map<String, AttributeValue> row = new HashMap<>(keys(namespace(kind), flag.key()));
    row.put("version", n(flag.version()));
    row.put("item", s(flag.json()));
    return row;
  }

  /** Legacy KeyConditions, in init together with ProjectionExpression and names: the service takes both in one. */
  private QueryRequest.Builder query(String kind) {
    return QueryRequest.builder().tableName(TABLE).consistentRead(true).keyConditions(Map.of(NAMESPACE,
        Condition.builder().comparisonOperator(ComparisonOperator.EQ).attributeValueList(s(namespace(kind))).build()));
  }

  private void init(Map<String, List<Flag>> data) {
    Set<Map<String, AttributeValue>> old = new HashSet<>();
    List<WriteRequest> requests = new ArrayList<>();
    for (String kind : data.keySet()) {
      QueryRequest request = query(kind).projectionExpression("#namespace, #key")
          .expressionAttributeNames(Map.of("#namespace", NAMESPACE, "#key", KEY)).build();
      CLIENT.queryPaginator(request).forEach(page -> old.addAll(page.items()));
    }
    data.forEach((kind, flags) -> flags.forEach(flag -> {
      requests.add(WriteRequest.builder().putRequest(put -> put.item(row(kind, flag))).build());
      old.remove(keys(namespace(kind), flag.key()));
    }));
    old.forEach(gone -> requests.add(WriteRequest.builder().deleteRequest(delete -> delete.key(gone)).build()));
    String inited = namespace("$inited");
    requests.add(WriteRequest.builder().putRequest(put -> put.item(keys(inited, inited))).build());
    write(requests);
  }

  private static void write(List<WriteRequest> requests) {
    for (int from = 0; from < requests.size(); from += BATCH) {
      List<WriteRequest> batch = requests.subList(from, Math.min(requests.size(), from + BATCH));
      CLIENT.batchWriteItem(request -> request.requestItems(Map.of(TABLE, batch)));
    }
  }

  private static Map<String, AttributeValue> read(String namespace, String key) {
    return CLIENT.getItem(request -> request.tableName(TABLE).consistentRead(true).key(keys(namespace, key))).item();
  }

  private boolean initialized() {
    return !read(namespace("$inited"), namespace("$inited")).isEmpty();
  }

  private static Flag flag(Map<String, AttributeValue> row) {
    return row.isEmpty() ? null : new Flag(row.get(KEY).s(), Integer.parseInt(row.get("version").n()), row.get("item").s());
  }

  private Flag get(String kind, String key) {
    return flag(read(namespace(kind), key));
  }

  private Map<String, Flag> all(String kind) {
    Map<String, Flag> flags = new HashMap<>();
    CLIENT.queryPaginator(query(kind).build())
        .forEach(page -> page.items().forEach(row -> flags.put(row.get(KEY).s(), flag(row))));
    return flags;
  }

  private boolean upsert(String kind, Flag flag) {
    try {
      CLIENT.putItem(request -> request.tableName(TABLE).item(row(kind, flag))
          .conditionExpression("attribute_not_exists(#namespace) or attribute_not_exists(#key) or :version > #version")
          .expressionAttributeNames(Map.of("#namespace", NAMESPACE, "#key", KEY, "#version", "version"))
          .expressionAttributeValues(Map.of(":version", n(flag.version()))));
      return true;
    } catch (ConditionalCheckFailedException newerIsThere) {
      return false;
    }
  }

  // ---- Checks ----

  private static void table() {
    try {
      CLIENT.describeTable(request -> request.tableName(TABLE));
      throw new AssertionError("the table is there already");
    } catch (ResourceNotFoundException absent) {
      CLIENT.createTable(request -> request.tableName(TABLE)
          .keySchema(KeySchemaElement.builder().attributeName(NAMESPACE).keyType(KeyType.HASH).build(),
              KeySchemaElement.builder().attributeName(KEY).keyType(KeyType.RANGE).build())
          .attributeDefinitions(
              AttributeDefinition.builder().attributeName(NAMESPACE).attributeType(ScalarAttributeType.S).build(),
              AttributeDefinition.builder().attributeName(KEY).attributeType(ScalarAttributeType.S).build())
          .provisionedThroughput(units -> units.readCapacityUnits(1L).writeCapacityUnits(1L)));
    }
    CLIENT.waiter().waitUntilTableExists(request -> request.tableName(TABLE));
  }

  private static void initReplacesEverything() {
    Store store = new Store("a");
    same(false, store.initialized());
    List<Flag> flags = new ArrayList<>();
    for (int number = 0; number < 60; number++) {
      flags.add(Flag.of("f" + number, 1));
    }
    store.init(Map.of("features", flags, "segments", List.of(Flag.of("s", 3))));
    same(true, store.initialized());
    same(60, store.all("features").size());
    same(Map.of("s", Flag.of("s", 3)), store.all("segments"));
    store.init(Map.of("features", List.of(Flag.of("only", 2)), "segments", List.of()));
    same(Map.of("only", Flag.of("only", 2)), store.all("features"));
    same(Map.of(), store.all("segments"));
  }

  private static void getsWhatIsThere() {
    Store store = new Store("b");
    Flag odd = new Flag("grüß/世界\u0001", 7, "{\"text\":\"\\u0000 ä \uD83D\uDE00\"}");
    store.init(Map.of("features", List.of(odd)));
    same(odd, store.get("features", odd.key()));
    same(true, store.get("features", "absent") == null);
    same(true, new Store("b2").get("features", odd.key()) == null);
  }

  private static void upsertsAndDeletesWinByVersion() {
    Store store = new Store("c");
    store.init(Map.of("features", List.of(Flag.of("f", 10))));
    same(false, store.upsert("features", Flag.of("f", 9)));
    same(true, store.upsert("features", Flag.of("f", 11)));
    same(false, store.upsert("features", Flag.of("f", 11)));
    same(true, store.upsert("features", Flag.of("new", 1)));
    same(true, store.upsert("features", Flag.tombstone("f", 12)));
    same(false, store.upsert("features", Flag.of("f", 12)));
    same(Flag.tombstone("f", 12), store.get("features", "f"));
    same(2, store.all("features").size());
  }

  private static void racingWriters() throws Exception {
    Store store = new Store("d");
    List<Callable<Void>> writers = new ArrayList<>();
    for (int writer = 0; writer < 6; writer++) {
      int first = writer;
      writers.add(() -> {
        for (int number = 0; number < 60; number++) {
          store.upsert("features", Flag.of("f", (number * 37 + first) % 60 + 1));
        }
        return null;
      });
    }
    var pool = Executors.newFixedThreadPool(writers.size());
    for (var done : pool.invokeAll(writers)) {
      done.get();
    }
    pool.shutdown();
    same(60, store.get("features", "f").version());
  }

  private static void largeFlagsComeInPages() {
    Store store = new Store("e");
    List<Flag> flags = new ArrayList<>();
    for (int number = 0; number < 8; number++) {
      flags.add(new Flag("f" + number, 1, "x".repeat(300_000)));
    }
    store.init(Map.of("features", flags));
    same(8, store.all("features").size());
    same(true, CLIENT.query(store.query("features").build()).hasLastEvaluatedKey());
  }

  private static void bigSegments() {
    String metadata = "g:big_segments_metadata";
    String user = "g:big_segments_user";
    same(true, read(metadata, metadata).isEmpty());
    Map<String, AttributeValue> row = new HashMap<>(keys(metadata, metadata));
    row.put("synchronizedOn", n(1000));
    CLIENT.putItem(request -> request.tableName(TABLE).item(row));
    same("1000", read(metadata, metadata).get("synchronizedOn").n());
    for (String attribute : List.of("included", "excluded")) {
      CLIENT.updateItem(request -> request.tableName(TABLE).key(keys(user, "hash"))
          .updateExpression("ADD " + attribute + " :value")
          .expressionAttributeValues(Map.of(":value", AttributeValue.builder().ss(attribute + "-1").build())));
    }
    same(List.of("included-1"), read(user, "hash").get("included").ss());
    same(List.of("excluded-1"), read(user, "hash").get("excluded").ss());
    same(true, read(user, "nobody").isEmpty());
  }

  /** As the suite clears between tests: a consistent Scan of keys, deletes in batches. */
  private static void clears() {
    List<WriteRequest> deletes = new ArrayList<>();
    CLIENT.scanPaginator(request -> request.tableName(TABLE).consistentRead(true)
            .projectionExpression("#namespace, #key").expressionAttributeNames(Map.of("#namespace", NAMESPACE, "#key", KEY)))
        .forEach(page -> page.items().forEach(
            key -> deletes.add(WriteRequest.builder().deleteRequest(delete -> delete.key(key)).build())));
    write(deletes);
    same(0, CLIENT.scan(request -> request.tableName(TABLE).consistentRead(true)).count());
  }

  // ---- Running them ----

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

  public static void main(String[] arguments) {
    check("a table with one unit of each, made where there is none", Store::table);
    check("init, initialized and all; a second init replaces everything", Store::initReplacesEverything);
    check("get gives text byte for byte, and nothing of another prefix", Store::getsWhatIsThere);
    check("upserts and deletes win by version alone", Store::upsertsAndDeletesWinByVersion);
    check("of racing writers the highest version wins", Store::racingWriters);
    check("large flags come in pages", Store::largeFlagsComeInPages);
    check("Big Segments: metadata and membership", Store::bigSegments);
    check("the table is cleared by a Scan and batches", Store::clears);
    System.out.println(passed + " passed, " + failed + " failed");
    System.exit(failed == 0 && passed > 0 ? 0 : 1);
  }
}
