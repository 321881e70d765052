"""Tables: what describe_table tells, updates, deletion protection, tags, errors with their texts."""

from boto3_support import client, expect, expect_error, expect_message, make_table, resource, test, wait

ONE_KEY = {
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
}


def provisioned(reads, writes):
    return {"ReadCapacityUnits": reads, "WriteCapacityUnits": writes}


@test
def a_new_table_describes_itself():
    created = client.create_table(TableName="described", **ONE_KEY, ProvisionedThroughput=provisioned(3, 4))
    description = created["TableDescription"]
    expect(description["TableStatus"], "CREATING")
    expect(description["ItemCount"], 0)
    expect(description["TableSizeBytes"], 0)
    wait("table_exists", "described")
    table = client.describe_table(TableName="described")["Table"]
    expect(table["TableStatus"], "ACTIVE")
    expect(table["TableName"], "described")
    expect(table["AttributeDefinitions"], ONE_KEY["AttributeDefinitions"])
    expect(table["KeySchema"], ONE_KEY["KeySchema"])
    expect(table["ProvisionedThroughput"]["ReadCapacityUnits"], 3)
    expect(table["ProvisionedThroughput"]["WriteCapacityUnits"], 4)
    expect(table["ProvisionedThroughput"]["NumberOfDecreasesToday"], 0)
    expect(table["TableArn"].endswith(":table/described"), True)
    expect(len(table["TableId"]), 36)
    expect(table["TableId"], description["TableId"])
    expect(table["CreationDateTime"], description["CreationDateTime"])
    expect(table["DeletionProtectionEnabled"], False)


@test
def an_on_demand_table_says_so():
    make_table("on-demand")
    table = client.describe_table(TableName="on-demand")["Table"]
    expect(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
    expect(table["ProvisionedThroughput"]["ReadCapacityUnits"], 0)
    expect(table["ProvisionedThroughput"]["WriteCapacityUnits"], 0)


@test
def a_table_is_found_by_its_arn():
    make_table("by-arn")
    arn = client.describe_table(TableName="by-arn")["Table"]["TableArn"]
    client.put_item(TableName=arn, Item={"pk": {"S": "a"}})
    found = client.get_item(TableName=arn, Key={"pk": {"S": "a"}}, ReturnConsumedCapacity="TOTAL")
    expect(found["Item"], {"pk": {"S": "a"}})
    expect(found["ConsumedCapacity"]["TableName"], arn)
    expect(client.describe_table(TableName=arn)["Table"]["TableName"], "by-arn")


@test
def throughput_is_updated():
    client.create_table(TableName="throughput", **ONE_KEY, ProvisionedThroughput=provisioned(1, 1))
    wait("table_exists", "throughput")
    client.update_table(TableName="throughput", ProvisionedThroughput=provisioned(2, 3))
    wait("table_exists", "throughput")
    now = client.describe_table(TableName="throughput")["Table"]["ProvisionedThroughput"]
    expect((now["ReadCapacityUnits"], now["WriteCapacityUnits"]), (2, 3))
    expect_message(
        "ValidationException",
        "The provisioned throughput for the table will not change. The requested value equals the current value. "
        "Current ReadCapacityUnits provisioned for the table: 2. Requested ReadCapacityUnits: 2. "
        "Current WriteCapacityUnits provisioned for the table: 3. Requested WriteCapacityUnits: 3. "
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
        client.update_table,
        TableName="throughput",
        ProvisionedThroughput=provisioned(2, 3),
    )


@test
def the_billing_mode_is_updated():
    client.create_table(TableName="billing", **ONE_KEY, ProvisionedThroughput=provisioned(1, 1))
    wait("table_exists", "billing")
    client.update_table(TableName="billing", BillingMode="PAY_PER_REQUEST")
    wait("table_exists", "billing")
    table = client.describe_table(TableName="billing")["Table"]
    expect(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")


@test
def a_protected_table_is_not_deleted():
    client.create_table(TableName="protected", **ONE_KEY, BillingMode="PAY_PER_REQUEST", DeletionProtectionEnabled=True)
    wait("table_exists", "protected")
    expect_message(
        "ValidationException",
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
        client.delete_table,
        TableName="protected",
    )
    client.update_table(TableName="protected", DeletionProtectionEnabled=False)
    client.delete_table(TableName="protected")
    wait("table_not_exists", "protected")


@test
def deleting_takes_the_items_along():
    make_table("again")
    client.put_item(TableName="again", Item={"pk": {"S": "a"}})
    first = client.describe_table(TableName="again")["Table"]["TableId"]
    client.delete_table(TableName="again")
    wait("table_not_exists", "again")
    make_table("again")
    expect(client.scan(TableName="again")["Items"], [])
    expect(client.describe_table(TableName="again")["Table"]["TableId"] == first, False)


@test
def tables_that_do_not_exist_are_named():
    for call in (client.describe_table, client.delete_table):
        expect_message(
            "ResourceNotFoundException",
            "Requested resource not found: Table: nowhere not found",
            call,
            TableName="nowhere",
        )
    expect_message("ResourceNotFoundException", "Requested resource not found", client.scan, TableName="nowhere")


@test
def tables_that_exist_are_named():
    make_table("twice")
    expect_message(
        "ResourceInUseException",
        "Table already exists: twice",
        client.create_table,
        TableName="twice",
        **ONE_KEY,
        BillingMode="PAY_PER_REQUEST",
    )


@test
def wrong_tables_are_refused():
    prefix = "One or more parameter values were invalid: "
    expect_message(
        "ValidationException",
        prefix + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
        client.create_table,
        TableName="wrong",
        **ONE_KEY,
    )
    expect_message(
        "ValidationException",
        prefix + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
        client.create_table,
        TableName="wrong",
        **ONE_KEY,
        BillingMode="PAY_PER_REQUEST",
        ProvisionedThroughput=provisioned(1, 1),
    )
    expect_message(
        "ValidationException",
        prefix + "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
        client.create_table,
        TableName="wrong",
        KeySchema=ONE_KEY["KeySchema"],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "extra", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    expect_error("ResourceNotFoundException", client.describe_table, TableName="wrong")


@test
def the_resource_api_makes_and_deletes_tables():
    table = resource.create_table(TableName="resource-made", **ONE_KEY, BillingMode="PAY_PER_REQUEST")
    table.wait_until_exists()
    table.reload()
    expect(table.table_status, "ACTIVE")
    expect(table.key_schema, ONE_KEY["KeySchema"])
    expect("resource-made" in [each.name for each in resource.tables.all()], True)
    table.delete()
    table.wait_until_not_exists()


@test
def tags_come_with_the_table_and_are_overwritten():
    client.create_table(
        TableName="tagged", **ONE_KEY, BillingMode="PAY_PER_REQUEST", Tags=[{"Key": "team", "Value": "blue"}]
    )
    wait("table_exists", "tagged")
    arn = client.describe_table(TableName="tagged")["Table"]["TableArn"]
    expect(client.list_tags_of_resource(ResourceArn=arn)["Tags"], [{"Key": "team", "Value": "blue"}])
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "red"}, {"Key": "empty", "Value": ""}])
    tags = {tag["Key"]: tag["Value"] for tag in client.list_tags_of_resource(ResourceArn=arn)["Tags"]}
    expect(tags, {"team": "red", "empty": ""})
    client.untag_resource(ResourceArn=arn, TagKeys=["team", "never there"])
    expect(client.list_tags_of_resource(ResourceArn=arn)["Tags"], [{"Key": "empty", "Value": ""}])
