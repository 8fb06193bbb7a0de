// LaunchDarkly's Node stores (feature flags and Big Segments, on the AWS SDK for JavaScript v2), unmodified.
// Prints a line per check; the endpoint comes from AWS_ENDPOINT_URL_DYNAMODB.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { promisify } from "node:util";

const require = createRequire(import.meta.url);
process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";
const AWS = require("aws-sdk");
const stores = require("launchdarkly-node-server-sdk-dynamodb");
const kinds = require("launchdarkly-node-server-sdk/versioned_data_kind");

const options = { endpoint: process.env.AWS_ENDPOINT_URL_DYNAMODB, region: process.env.AWS_REGION };
const database = new AWS.DynamoDB(options);
const documents = new AWS.DynamoDB.DocumentClient({ service: database });
const logger = Object.fromEntries(["error", "warn", "info", "debug"].map((level) => [level, () => {}]));
const TableName = "launchdarkly-node";
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

// Callbacks of these stores have no error argument.
function flagStore(prefix) {
  const store = stores.DynamoDBFeatureStore(TableName, { clientOptions: options, prefix, cacheTTL: 0 })({ logger });
  const call = (method) => (...given) => new Promise((done) => { store[method](...given, done); });
  return Object.fromEntries(["init", "get", "all", "upsert", "delete", "initialized"].map((name) => [name, call(name)]));
}

const flag = (key, version, more = {}) => ({ key, version, on: true, variations: [true, false], ...more });
const { features, segments } = kinds;

await check("a table with one unit of each", async () => {
  await database.createTable({
    TableName,
    AttributeDefinitions: ["namespace", "key"].map((name) => ({ AttributeName: name, AttributeType: "S" })),
    KeySchema: [{ AttributeName: "namespace", KeyType: "HASH" }, { AttributeName: "key", KeyType: "RANGE" }],
    ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
  }).promise();
  await database.waitFor("tableExists", { TableName }).promise();
});

await check("init, initialized, get and all", async () => {
  const store = flagStore("a");
  assert.equal(await store.initialized(), false);
  const flags = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${n}`, flag(`f${n}`, 1)]));
  await store.init({ [features.namespace]: flags, [segments.namespace]: { s: { key: "s", version: 3 } } });
  assert.equal(await store.initialized(), true);
  assert.equal((await store.get(features, "f7")).version, 1);
  assert.equal(await store.get(features, "absent"), null);
  assert.equal(Object.keys(await store.all(features)).length, 60);
  assert.deepEqual(await store.all(segments), { s: { key: "s", version: 3 } });
});

await check("a second init replaces everything", async () => {
  const store = flagStore("a");
  await store.init({ [features.namespace]: { only: flag("only", 2) }, [segments.namespace]: {} });
  assert.deepEqual(Object.keys(await store.all(features)), ["only"]);
  assert.deepEqual(await store.all(segments), {});
});

await check("upserts win by version alone", async () => {
  const store = flagStore("b");
  await store.init({ [features.namespace]: { f: flag("f", 10) }, [segments.namespace]: {} });
  await store.upsert(features, flag("f", 9, { on: false }));
  assert.equal((await store.get(features, "f")).on, true);
  await store.upsert(features, flag("f", 11, { on: false }));
  assert.equal((await store.get(features, "f")).on, false);
  await store.upsert(features, flag("new", 1));
  assert.equal((await store.get(features, "new")).version, 1);
});

await check("deletes leave tombstones that older versions do not pass", async () => {
  const store = flagStore("c");
  await store.init({ [features.namespace]: { f: flag("f", 10), g: flag("g", 1) }, [segments.namespace]: {} });
  await store.delete(features, "f", 11);
  assert.equal(await store.get(features, "f"), null);
  await store.upsert(features, flag("f", 10));
  assert.equal(await store.get(features, "f"), null);
  assert.deepEqual(Object.keys(await store.all(features)), ["g"]);
  await store.upsert(features, flag("f", 12));
  assert.equal((await store.get(features, "f")).version, 12);
});

await check("of racing writers the highest version wins", async () => {
  const store = flagStore("d");
  await store.init({ [features.namespace]: {}, [segments.namespace]: {} });
  const versions = Array.from({ length: 60 }, (_, n) => (n * 37) % 60 + 1);
  await Promise.all(versions.map((version) => store.upsert(features, flag("f", version))));
  assert.equal((await store.get(features, "f")).version, 60);
});

await check("prefixes do not see each other", async () => {
  assert.equal((await flagStore("d").get(features, "f")).version, 60);
  assert.equal(await flagStore("e").get(features, "f"), null);
});

await check("large flags come in pages", async () => {
  const store = flagStore("p");
  const flags = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`f${n}`, flag(`f${n}`, 1, { salt: "x".repeat(300000) })]));
  await store.init({ [features.namespace]: flags, [segments.namespace]: {} });
  assert.equal(Object.keys(await store.all(features)).length, 8);
});

await check("Big Segments: metadata and membership", async () => {
  const store = stores.DynamoDBBigSegmentStore(TableName, { clientOptions: options, prefix: "s" })({ logger });
  const call = (method, ...given) => promisify(store[method].bind(store))(...given);
  const metadata = await (store.getMetadata.length > 0 ? call("getMetadata") : store.getMetadata());
  assert.ok(metadata === undefined || metadata.lastUpToDate === undefined);
  const namespace = "s:big_segments_metadata";
  await documents.put({ TableName, Item: { namespace, key: namespace, synchronizedOn: 1000 } }).promise();
  const later = await (store.getMetadata.length > 0 ? call("getMetadata") : store.getMetadata());
  assert.equal(later.lastUpToDate, 1000);
  const add = (attribute, segment) => documents.update({
    TableName, Key: { namespace: "s:big_segments_user", key: "hash" }, UpdateExpression: `ADD ${attribute} :segment`,
    ExpressionAttributeValues: { ":segment": documents.createSet([segment]) },
  }).promise();
  await add("included", "one");
  await add("excluded", "two");
  const read = () => (store.getUserMembership.length > 1 ? call("getUserMembership", "hash") : store.getUserMembership("hash"));
  assert.deepEqual(await read(), { one: true, two: false });
  assert.ok(!(await (store.getUserMembership.length > 1 ? call("getUserMembership", "nobody") : store.getUserMembership("nobody"))));
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
