// LaunchDarkly's Go stores (feature flags and Big Segments, on the AWS SDK for Go v2), unmodified.
// Prints a line per check; the endpoint comes from AWS_ENDPOINT_URL_DYNAMODB.
package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	lddynamodb "github.com/launchdarkly/go-server-sdk-dynamodb/v4"
	"github.com/launchdarkly/go-server-sdk/v7/subsystems"
	"github.com/launchdarkly/go-server-sdk/v7/subsystems/ldstoreimpl"
	"github.com/launchdarkly/go-server-sdk/v7/subsystems/ldstoretypes"
)

const table = "launchdarkly-go"

var (
	features = ldstoreimpl.Features()
	segments = ldstoreimpl.Segments()
	ctx      = context.Background()
)

func options() dynamodb.Options {
	return dynamodb.Options{
		Region:           os.Getenv("AWS_REGION"),
		Credentials:      credentials.NewStaticCredentialsProvider("fake", "fake", ""),
		EndpointResolver: dynamodb.EndpointResolverFromURL(os.Getenv("AWS_ENDPOINT_URL_DYNAMODB")),
	}
}

func store(prefix string) (subsystems.PersistentDataStore, error) {
	return lddynamodb.DataStore(table).Prefix(prefix).ClientOptions(options()).Build(subsystems.BasicClientContext{})
}

func item(version int) ldstoretypes.SerializedItemDescriptor {
	return ldstoretypes.SerializedItemDescriptor{Version: version, SerializedItem: []byte(fmt.Sprintf(`{"version":%d}`, version))}
}

func keyed(key string, version int) ldstoretypes.KeyedSerializedItemDescriptor {
	return ldstoretypes.KeyedSerializedItemDescriptor{Key: key, Item: item(version)}
}

func collections(flags, segs []ldstoretypes.KeyedSerializedItemDescriptor) []ldstoretypes.SerializedCollection {
	return []ldstoretypes.SerializedCollection{{Kind: features, Items: flags}, {Kind: segments, Items: segs}}
}

func want(got, wanted any) error {
	if !reflect.DeepEqual(got, wanted) {
		return fmt.Errorf("got %v, want %v", got, wanted)
	}
	return nil
}

func createTable() error {
	client := dynamodb.New(options())
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: aws.String(table),
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("namespace"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("key"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("namespace"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("key"), KeyType: types.KeyTypeRange}},
		ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(1), WriteCapacityUnits: aws.Int64(1)},
	})
	return err
}

func initAndRead() error {
	s, err := store("a")
	if err != nil {
		return err
	}
	if s.IsInitialized() {
		return fmt.Errorf("initialized too early")
	}
	var flags []ldstoretypes.KeyedSerializedItemDescriptor
	for n := 0; n < 60; n++ {
		flags = append(flags, keyed(fmt.Sprintf("f%d", n), 1))
	}
	if err := s.Init(collections(flags, []ldstoretypes.KeyedSerializedItemDescriptor{keyed("s", 3)})); err != nil {
		return err
	}
	if !s.IsInitialized() || !s.IsStoreAvailable() {
		return fmt.Errorf("not initialized or not available")
	}
	got, err := s.Get(features, "f7")
	if err != nil || got.Version != 1 {
		return fmt.Errorf("got %v, %v", got, err)
	}
	absent, err := s.Get(features, "absent")
	if err != nil || absent.Version != -1 {
		return fmt.Errorf("absent: %v, %v", absent, err)
	}
	all, err := s.GetAll(features)
	if err != nil || len(all) != 60 {
		return fmt.Errorf("all: %d, %v", len(all), err)
	}
	if err := s.Init(collections([]ldstoretypes.KeyedSerializedItemDescriptor{keyed("only", 2)}, nil)); err != nil {
		return err
	}
	all, err = s.GetAll(features)
	if err != nil || len(all) != 1 || all[0].Key != "only" {
		return fmt.Errorf("after the second init: %v, %v", all, err)
	}
	return nil
}

func upserts() error {
	s, err := store("b")
	if err != nil {
		return err
	}
	if err := s.Init(collections([]ldstoretypes.KeyedSerializedItemDescriptor{keyed("f", 10)}, nil)); err != nil {
		return err
	}
	for _, step := range []struct {
		version int
		updated bool
	}{{9, false}, {11, true}, {11, false}, {12, true}} {
		updated, err := s.Upsert(features, "f", item(step.version))
		if err != nil || updated != step.updated {
			return fmt.Errorf("version %d: %v, %v", step.version, updated, err)
		}
	}
	deleted := ldstoretypes.SerializedItemDescriptor{Version: 13, Deleted: true, SerializedItem: []byte(`{"version":13,"deleted":true}`)}
	if updated, err := s.Upsert(features, "f", deleted); err != nil || !updated {
		return fmt.Errorf("delete: %v, %v", updated, err)
	}
	if updated, err := s.Upsert(features, "f", item(12)); err != nil || updated {
		return fmt.Errorf("older than the tombstone: %v, %v", updated, err)
	}
	got, err := s.Get(features, "f")
	if err != nil {
		return err
	}
	return want(got.Version, 13)
}

func race() error {
	s, err := store("c")
	if err != nil {
		return err
	}
	if err := s.Init(collections(nil, nil)); err != nil {
		return err
	}
	var group sync.WaitGroup
	for writer := 0; writer < 6; writer++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for n := 0; n < 60; n++ {
				_, _ = s.Upsert(features, "f", item((n*37+writer)%60+1))
			}
		}()
	}
	group.Wait()
	got, err := s.Get(features, "f")
	if err != nil {
		return err
	}
	return want(got.Version, 60)
}

func bigSegments() error {
	s, err := lddynamodb.BigSegmentStore(table).Prefix("s").ClientOptions(options()).Build(subsystems.BasicClientContext{})
	if err != nil {
		return err
	}
	if metadata, err := s.GetMetadata(); err != nil || metadata.LastUpToDate != 0 {
		return fmt.Errorf("metadata: %v, %v", metadata, err)
	}
	client := dynamodb.New(options())
	namespace := &types.AttributeValueMemberS{Value: "s:big_segments_metadata"}
	if _, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: map[string]types.AttributeValue{
		"namespace": namespace, "key": namespace, "synchronizedOn": &types.AttributeValueMemberN{Value: "1000"}}}); err != nil {
		return err
	}
	metadata, err := s.GetMetadata()
	if err != nil || metadata.LastUpToDate != 1000 {
		return fmt.Errorf("metadata: %v, %v", metadata, err)
	}
	for attribute, segment := range map[string]string{"included": "one", "excluded": "two"} {
		if _, err := client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: aws.String(table),
			Key: map[string]types.AttributeValue{
				"namespace": &types.AttributeValueMemberS{Value: "s:big_segments_user"}, "key": &types.AttributeValueMemberS{Value: "hash"}},
			UpdateExpression:          aws.String("ADD " + attribute + " :segment"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":segment": &types.AttributeValueMemberSS{Value: []string{segment}}},
		}); err != nil {
			return err
		}
	}
	membership, err := s.GetMembership("hash")
	if err != nil {
		return err
	}
	one, two := membership.CheckMembership("one"), membership.CheckMembership("two")
	if !one.BoolValue() || !two.IsDefined() || two.BoolValue() {
		return fmt.Errorf("membership: %v %v", one, two)
	}
	return nil
}

func main() {
	passed, failed := 0, 0
	for _, check := range []struct {
		name string
		body func() error
	}{
		{"a table with one unit of each", createTable},
		{"init, initialized, get and all; a second init replaces everything", initAndRead},
		{"upserts and deletes win by version alone", upserts},
		{"of racing writers the highest version wins", race},
		{"Big Segments: metadata and membership", bigSegments},
	} {
		if err := check.body(); err != nil {
			failed++
			fmt.Printf("FAILED %s: %v\n", check.name, err)
		} else {
			passed++
			fmt.Printf("ok     %s\n", check.name)
		}
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
