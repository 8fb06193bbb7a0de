// AWS SDK for Go v2: table life, items, paging, transactions, errors as the SDK maps them. Prints a line
// per check; the endpoint comes from AWS_ENDPOINT_URL_DYNAMODB.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

var (
	ctx    = context.Background()
	client *dynamodb.Client
	table  = aws.String("gophers")
	passed int
	failed int
)

type item = map[string]types.AttributeValue

func s(text string) types.AttributeValue { return &types.AttributeValueMemberS{Value: text} }
func n(text string) types.AttributeValue { return &types.AttributeValueMemberN{Value: text} }
func key(pk, sk string) item             { return item{"pk": s(pk), "sk": s(sk)} }

func check(name string, body func() error) {
	if err := body(); err != nil {
		failed++
		fmt.Printf("FAILED %s: %v\n", name, err)
		return
	}
	passed++
	fmt.Printf("ok     %s\n", name)
}

func same(expected, got any) error {
	if !reflect.DeepEqual(expected, got) {
		return fmt.Errorf("expected %v, got %v", expected, got)
	}
	return nil
}

func createTable() error {
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("sk"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("sk"), KeyType: types.KeyTypeRange}}})
	if err != nil {
		return err
	}
	return dynamodb.NewTableExistsWaiter(client).Wait(ctx, &dynamodb.DescribeTableInput{TableName: table}, 10*time.Second)
}

func keepTypes() error {
	sent := key("a", "ü")
	sent["n"] = n("1.5")
	sent["bytes1"] = &types.AttributeValueMemberB{Value: []byte{0, 255}}
	sent["list"] = &types.AttributeValueMemberL{Value: []types.AttributeValue{
		s(""), &types.AttributeValueMemberNULL{Value: true}, &types.AttributeValueMemberM{Value: item{"x": n("1")}}}}
	if _, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: sent}); err != nil {
		return err
	}
	answer, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key("a", "ü"), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return err
	}
	return same(sent, item(answer.Item))
}

func updateAndDelete() error {
	updated, err := client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: table, Key: key("a", "ü"), UpdateExpression: aws.String("SET n = n + :d REMOVE bytes1"),
		ExpressionAttributeValues: item{":d": n("1")}, ReturnValues: types.ReturnValueUpdatedNew})
	if err != nil {
		return err
	}
	if err := same(item{"n": n("2.5")}, item(updated.Attributes)); err != nil {
		return err
	}
	removed, err := client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: table, Key: key("a", "ü"), ReturnValues: types.ReturnValueAllOld})
	if err != nil {
		return err
	}
	return same(n("2.5"), removed.Attributes["n"])
}

func page() error {
	var puts []types.WriteRequest
	var expected, found []string
	for i := 0; i < 25; i++ {
		sk := fmt.Sprintf("%02d", i)
		puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: key("many", sk)}})
		if i < 20 {
			expected = append(expected, sk)
		}
	}
	if _, err := client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{*table: puts}}); err != nil {
		return err
	}
	pages := dynamodb.NewQueryPaginator(client, &dynamodb.QueryInput{
		TableName: table, Limit: aws.Int32(4), KeyConditionExpression: aws.String("pk = :p AND sk < :s"),
		ExpressionAttributeValues: item{":p": s("many"), ":s": s("20")}})
	for pages.HasMorePages() {
		one, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, row := range one.Items {
			found = append(found, row["sk"].(*types.AttributeValueMemberS).Value)
		}
	}
	return same(expected, found)
}

func put(sk string, condition *string) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{TableName: table, Item: key("t", sk), ConditionExpression: condition}}
}

func transact() error {
	if _, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{put("1", nil), put("2", nil)}}); err != nil {
		return err
	}
	_, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{put("3", nil), put("1", aws.String("attribute_not_exists(pk)"))}})
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return fmt.Errorf("expected TransactionCanceledException, got %v", err)
	}
	var codes []string
	for _, reason := range cancelled.CancellationReasons {
		codes = append(codes, *reason.Code)
	}
	return same([]string{"None", "ConditionalCheckFailed"}, codes)
}

func mapErrors() error {
	var failedCondition *types.ConditionalCheckFailedException
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: key("t", "1"),
		ConditionExpression:                 aws.String("attribute_not_exists(pk)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld})
	if !errors.As(err, &failedCondition) || failedCondition.Item == nil {
		return fmt.Errorf("expected ConditionalCheckFailedException with the item, got %v", err)
	}
	var missing *types.ResourceNotFoundException
	_, err = client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("absent"), Key: key("a", "b")})
	if !errors.As(err, &missing) || missing.ErrorMessage() != "Requested resource not found" {
		return fmt.Errorf("expected ResourceNotFoundException, got %v", err)
	}
	var api smithy.APIError
	_, err = client.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: item{"pk": s("x")}})
	if !errors.As(err, &api) || api.ErrorCode() != "ValidationException" {
		return fmt.Errorf("expected ValidationException, got %v", err)
	}
	var inUse *types.ResourceInUseException
	if err = createTable(); !errors.As(err, &inUse) {
		return fmt.Errorf("expected ResourceInUseException, got %v", err)
	}
	return nil
}

func deleteTable() error {
	if _, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: table}); err != nil {
		return err
	}
	return dynamodb.NewTableNotExistsWaiter(client).Wait(ctx, &dynamodb.DescribeTableInput{TableName: table}, 10*time.Second)
}

func main() {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	client = dynamodb.NewFromConfig(settings)
	check("a table is created and becomes active", createTable)
	check("items keep their types", keepTypes)
	check("updates and deletes answer what was asked for", updateAndDelete)
	check("queries page with the paginator", page)
	check("transactions cancel with reasons", transact)
	check("errors have their classes", mapErrors)
	check("the table is deleted", deleteTable)
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}
