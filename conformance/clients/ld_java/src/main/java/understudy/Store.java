package understudy;

import static com.launchdarkly.sdk.server.DataModel.FEATURES;
import static com.launchdarkly.sdk.server.DataModel.SEGMENTS;

import com.launchdarkly.sdk.server.integrations.DynamoDb;
import com.launchdarkly.sdk.server.subsystems.ClientContext;
import com.launchdarkly.sdk.server.subsystems.DataStoreTypes.DataKind;
import com.launchdarkly.sdk.server.subsystems.DataStoreTypes.FullDataSet;
import com.launchdarkly.sdk.server.subsystems.DataStoreTypes.KeyedItems;
import com.launchdarkly.sdk.server.subsystems.DataStoreTypes.SerializedItemDescriptor;
import com.launchdarkly.sdk.server.subsystems.PersistentDataStore;
import java.net.URI;
import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** LaunchDarkly's Java store of feature flags (on the AWS SDK for Java v2), unmodified. Prints a line per check. */
public final class Store {
  private static final String TABLE = "launchdarkly-java";
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

  private static void want(boolean holds, Object shown) {
    if (!holds) {
      throw new AssertionError(String.valueOf(shown));
    }
  }

  private static DynamoDbClient database() {
    return DynamoDbClient.builder()
        .endpointOverride(URI.create(System.getenv("AWS_ENDPOINT_URL_DYNAMODB")))
        .region(Region.of(System.getenv("AWS_REGION")))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("fake", "fake")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  private static PersistentDataStore store(String prefix) {
    return DynamoDb.dataStore(TABLE).prefix(prefix).existingClient(database()).build(new ClientContext("key"));
  }

  private static SerializedItemDescriptor item(int version, boolean deleted) {
    return new SerializedItemDescriptor(version, deleted, "{\"version\":" + version + ",\"deleted\":" + deleted + "}");
  }

  private static Map.Entry<String, SerializedItemDescriptor> keyed(String key, int version) {
    return new SimpleEntry<>(key, item(version, false));
  }

  private static FullDataSet<SerializedItemDescriptor> all(List<Map.Entry<String, SerializedItemDescriptor>> flags) {
    List<Map.Entry<DataKind, KeyedItems<SerializedItemDescriptor>>> kinds = new ArrayList<>();
    kinds.add(new SimpleEntry<>(FEATURES, new KeyedItems<>(flags)));
    kinds.add(new SimpleEntry<>(SEGMENTS, new KeyedItems<>(List.of())));
    return new FullDataSet<>(kinds);
  }

  private static int count(PersistentDataStore store) {
    int count = 0;
    for (var ignored : store.getAll(FEATURES).getItems()) {
      count++;
    }
    return count;
  }

  public static void main(String[] arguments) {
    check("a table with one unit of each", () -> database().createTable(table -> table.tableName(TABLE)
        .attributeDefinitions(
            AttributeDefinition.builder().attributeName("namespace").attributeType(ScalarAttributeType.S).build(),
            AttributeDefinition.builder().attributeName("key").attributeType(ScalarAttributeType.S).build())
        .keySchema(
            KeySchemaElement.builder().attributeName("namespace").keyType(KeyType.HASH).build(),
            KeySchemaElement.builder().attributeName("key").keyType(KeyType.RANGE).build())
        .provisionedThroughput(units -> units.readCapacityUnits(1L).writeCapacityUnits(1L))));
    check("init, initialized, get and all; a second init replaces everything", () -> {
      PersistentDataStore store = store("a");
      want(!store.isInitialized(), "initialized too early");
      List<Map.Entry<String, SerializedItemDescriptor>> flags = new ArrayList<>();
      for (int n = 0; n < 60; n++) {
        flags.add(keyed("f" + n, 1));
      }
      store.init(all(flags));
      want(store.isInitialized() && store.isStoreAvailable(), "not initialized or not available");
      want(store.get(FEATURES, "f7").getSerializedItem().contains("\"version\":1"), store.get(FEATURES, "f7"));
      want(store.get(FEATURES, "absent") == null, "absent");
      want(count(store) == 60, count(store));
      store.init(all(List.of(keyed("only", 2))));
      want(count(store) == 1, count(store));
    });
    check("upserts and deletes win by version alone", () -> {
      PersistentDataStore store = store("b");
      store.init(all(List.of(keyed("f", 10))));
      want(!store.upsert(FEATURES, "f", item(9, false)), 9);
      want(store.upsert(FEATURES, "f", item(11, false)), 11);
      want(!store.upsert(FEATURES, "f", item(11, false)), "11 again");
      want(store.upsert(FEATURES, "f", item(12, true)), "delete");
      want(!store.upsert(FEATURES, "f", item(12, false)), "older than the tombstone");
      want(store.upsert(FEATURES, "f", item(13, false)), 13);
    });
    check("of racing writers the highest version wins", () -> {
      PersistentDataStore store = store("c");
      store.init(all(List.of()));
      List<Thread> writers = new ArrayList<>();
      for (int writer = 0; writer < 6; writer++) {
        int first = writer;
        Thread thread = new Thread(() -> {
          for (int n = 0; n < 30; n++) {
            store.upsert(FEATURES, "f", item((n * 17 + first) % 30 + 1, false));
          }
        });
        thread.start();
        writers.add(thread);
      }
      for (Thread thread : writers) {
        thread.join();
      }
      want(store.get(FEATURES, "f").getSerializedItem().contains("\"version\":30"), store.get(FEATURES, "f").getSerializedItem());
    });
    System.out.println(passed + " passed, " + failed + " failed");
    System.exit(failed > 0 ? 1 : 0);
  }
}
