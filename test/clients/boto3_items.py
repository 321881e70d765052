"""Items: every value type at its edges, every ReturnValues, every function of expressions, errors by their texts."""

from decimal import Context, Decimal

from boto3.dynamodb.conditions import Attr
from boto3.dynamodb.types import DYNAMODB_CONTEXT, Binary

from boto3_support import client, expect, expect_error, expect_message, make_table, test

NUMBERS = [
    "0",
    "-1",
    "3.14159",
    "99999999999999999999999999999999999999",
    "-99999999999999999999999999999999999999",
    "0.00000000000000000000000000000000000001",
    "1.2345678901234567890123456789012345678",
    "1E-130",
    "-1E-130",
    "1E+37",
]

# The resource API cannot read a number of more than 38 digits, zeros included; the client gives the text.
LARGE_NUMBERS = {
    "9.9999999999999999999999999999999999999E+125": "9" * 38 + "0" * 88,
    "-9.9999999999999999999999999999999999999E+125": "-" + "9" * 38 + "0" * 88,
    "1E+125": "1" + "0" * 125,
}

TEXTS = ["", " ", "plain", "gr\u00fc\u00dfe", "\u4f60\u597d", "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u0000\u0001\u001f", 'quotes " and \\ slashes', "line\nbreak\ttab"]

NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "with space", "dotted.name", "#hash", ":colon", "\u00fc", "\U0001f600", "0", "size"]


@test
def numbers_keep_all_their_digits():
    table = make_table("numbers")
    for text in NUMBERS:
        value = DYNAMODB_CONTEXT.create_decimal(text)
        table.put_item(Item={"pk": text, "n": value, "inside": [value], "set": {value}})
        stored = table.get_item(Key={"pk": text})["Item"]
        expect(stored["n"], value)
        expect(stored["inside"], [value])
        expect(stored["set"], {value})
    for text, plain in LARGE_NUMBERS.items():
        client.put_item(TableName="numbers", Item={"pk": {"S": text}, "n": {"N": text}})
        stored = client.get_item(TableName="numbers", Key={"pk": {"S": text}})["Item"]
        expect(stored["n"], {"N": plain})


@test
def numbers_outside_the_range_are_refused():
    make_table("number-range")
    for text, message in [
        ("1" * 39, "Attempting to store more than 38 significant digits in a Number"),
        ("1E126", "Number overflow. Attempting to store a number with magnitude larger than supported range"),
        ("1E-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"),
        ("one", "The parameter cannot be converted to a numeric value: one"),
    ]:
        item = {"pk": {"S": "a"}, "n": {"N": text}}
        expect_message("ValidationException", message, client.put_item, TableName="number-range", Item=item)


@test
def number_keys_are_equal_however_they_are_spelled():
    make_table("number-keys", "N", "N")
    client.put_item(TableName="number-keys", Item={"pk": {"N": "1.0"}, "sk": {"N": "1e2"}, "v": {"S": "x"}})
    found = client.get_item(TableName="number-keys", Key={"pk": {"N": "01"}, "sk": {"N": "100.00"}})
    expect(found["Item"], {"pk": {"N": "1"}, "sk": {"N": "100"}, "v": {"S": "x"}})


@test
def arithmetic_is_exact():
    table = make_table("arithmetic")
    table.put_item(Item={"pk": "a", "n": Decimal("0.1")})
    for _ in range(9):
        table.update_item(
            Key={"pk": "a"}, UpdateExpression="SET n = n + :d", ExpressionAttributeValues={":d": Decimal("0.1")}
        )
    expect(table.get_item(Key={"pk": "a"})["Item"]["n"], Decimal(1))
    big = Decimal("10000000000000000000000000000000000000")
    table.put_item(Item={"pk": "b", "n": big})
    table.update_item(Key={"pk": "b"}, UpdateExpression="ADD n :one", ExpressionAttributeValues={":one": 1})
    expect(table.get_item(Key={"pk": "b"})["Item"]["n"], Context(prec=38).add(big, Decimal(1)))


@test
def texts_of_every_kind_come_back():
    table = make_table("texts")
    for index, text in enumerate(TEXTS):
        table.put_item(Item={"pk": f"k{index}", "s": text, "l": [text], "m": {"t": text}, "ss": {text, "other"}})
        stored = table.get_item(Key={"pk": f"k{index}"})["Item"]
        expect(stored, {"pk": f"k{index}", "s": text, "l": [text], "m": {"t": text}, "ss": {text, "other"}})
        if text != "":
            table.put_item(Item={"pk": text})
            expect(table.get_item(Key={"pk": text})["Item"], {"pk": text})


@test
def names_of_every_kind_are_names():
    table = make_table("names")
    item = {"pk": "a", **{name: f"value of {name}" for name in NAMES}, "inside": {name: 1 for name in NAMES}}
    table.put_item(Item=item)
    expect(table.get_item(Key={"pk": "a"})["Item"], item)
    for name in NAMES:
        projected = table.get_item(
            Key={"pk": "a"}, ProjectionExpression="#n, inside.#n", ExpressionAttributeNames={"#n": name}
        )
        expect(projected["Item"], {name: f"value of {name}", "inside": {name: Decimal(1)}})
        table.update_item(
            Key={"pk": "a"},
            UpdateExpression="REMOVE #n SET inside.#n = :two",
            ConditionExpression="attribute_exists(#n)",
            ExpressionAttributeNames={"#n": name},
            ExpressionAttributeValues={":two": 2},
        )
    expect(table.get_item(Key={"pk": "a"})["Item"], {"pk": "a", "inside": {name: Decimal(2) for name in NAMES}})


@test
def binaries_come_back_byte_for_byte():
    table = make_table("binaries", "B", "B")
    every_byte = bytes(range(256))
    table.put_item(Item={"pk": every_byte, "sk": b"\xff", "empty": b"", "set": {b"", b"\x00", b"\xff" * 100}})
    stored = table.get_item(Key={"pk": every_byte, "sk": b"\xff"})["Item"]
    expect(stored["pk"], Binary(every_byte))
    expect(stored["empty"], Binary(b""))
    expect({each.value for each in stored["set"]}, {b"", b"\x00", b"\xff" * 100})


@test
def documents_nest_to_the_limit():
    make_table("nesting")
    value = {"S": "x"}
    for level in range(31):
        value = {"L": [value]} if level % 2 == 0 else {"M": {"k": value}}
    item = {"pk": {"S": "a"}, "deep": value}
    client.put_item(TableName="nesting", Item=item)
    expect(client.get_item(TableName="nesting", Key={"pk": {"S": "a"}})["Item"], item)
    item = {"pk": {"S": "b"}, "deep": {"L": [value]}}
    refused = expect_error("ValidationException", client.put_item, TableName="nesting", Item=item)
    expect(refused["Error"]["Message"].startswith("Nesting Levels have exceeded supported limits"), True)


@test
def empty_collections_are_kept_and_empty_sets_refused():
    table = make_table("empties")
    item = {"pk": "a", "text": "", "bytes": Binary(b""), "list": [], "map": {}, "inside": [[], {}, ""]}
    table.put_item(Item=item)
    expect(table.get_item(Key={"pk": "a"})["Item"], item)
    for wire, message in [
        ({"SS": []}, "One or more parameter values were invalid: An string set  may not be empty"),
        ({"NS": []}, "One or more parameter values were invalid: An number set  may not be empty"),
        ({"BS": []}, "One or more parameter values were invalid: Binary sets should not be empty"),
    ]:
        expect_message(
            "ValidationException", message, client.put_item, TableName="empties", Item={"pk": {"S": "b"}, "s": wire}
        )


@test
def keys_have_sizes():
    make_table("key-sizes", "S")
    item = {"pk": {"S": "p" * 2048}, "sk": {"S": "s" * 1024}}
    client.put_item(TableName="key-sizes", Item=item)
    expect(client.get_item(TableName="key-sizes", Key=item)["Item"], item)
    prefix = "One or more parameter values were invalid: "
    for key, message in [
        ({"pk": {"S": "p" * 2049}, "sk": {"S": "s"}}, prefix + "Size of hashkey has exceeded the maximum size limit of2048 bytes"),
        ({"pk": {"S": "p"}, "sk": {"S": "s" * 1025}}, prefix + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"),
    ]:
        expect_message("ValidationException", message, client.get_item, TableName="key-sizes", Key=key)


@test
def items_are_stored_up_to_the_last_byte():
    make_table("item-size")
    overhead = len("pk") + len("a") + len("fill")
    item = {"pk": {"S": "a"}, "fill": {"S": "x" * (409_600 - overhead)}}
    client.put_item(TableName="item-size", Item=item)
    expect(client.get_item(TableName="item-size", Key={"pk": {"S": "a"}})["Item"], item)
    item["fill"]["S"] += "x"
    expect_message(
        "ValidationException",
        "Item size has exceeded the maximum allowed size",
        client.put_item,
        TableName="item-size",
        Item=item,
    )
    expect_message(
        "ValidationException",
        "Item size to update has exceeded the maximum allowed size",
        client.update_item,
        TableName="item-size",
        Key={"pk": {"S": "a"}},
        UpdateExpression="SET one = :one",
        ExpressionAttributeValues={":one": {"S": "1"}},
    )


@test
def put_and_delete_return_the_old_item():
    table = make_table("old-items")
    expect("Attributes" in table.put_item(Item={"pk": "a", "n": 1}, ReturnValues="ALL_OLD"), False)
    expect(table.put_item(Item={"pk": "a", "n": 2}, ReturnValues="ALL_OLD")["Attributes"], {"pk": "a", "n": Decimal(1)})
    expect("Attributes" in table.put_item(Item={"pk": "a", "n": 3}), False)
    expect(table.delete_item(Key={"pk": "a"}, ReturnValues="ALL_OLD")["Attributes"], {"pk": "a", "n": Decimal(3)})
    expect("Attributes" in table.delete_item(Key={"pk": "a"}, ReturnValues="ALL_OLD"), False)
    for call, arguments in [(table.put_item, {"Item": {"pk": "a"}}), (table.delete_item, {"Key": {"pk": "a"}})]:
        for value in ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"]:
            expect_message(
                "ValidationException", "ReturnValues can only be ALL_OLD or NONE", call, **arguments, ReturnValues=value
            )


@test
def updates_return_what_is_asked():
    table = make_table("returned")
    old = {"pk": "a", "n": Decimal(1), "m": {"k": "v", "j": "w"}}
    new = {"pk": "a", "n": Decimal(2), "m": {"k": "x", "j": "w"}}
    for value, wanted in [
        ("NONE", None),
        ("ALL_OLD", old),
        ("ALL_NEW", new),
        ("UPDATED_OLD", {"n": Decimal(1), "m": {"k": "v"}}),
        ("UPDATED_NEW", {"n": Decimal(2), "m": {"k": "x"}}),
    ]:
        table.put_item(Item=old)
        answer = table.update_item(
            Key={"pk": "a"},
            UpdateExpression="SET n = :n, m.k = :k",
            ExpressionAttributeValues={":n": 2, ":k": "x"},
            ReturnValues=value,
        )
        expect(answer.get("Attributes"), wanted)
        expect(table.get_item(Key={"pk": "a"})["Item"], new)


@test
def failed_conditions_return_the_item_when_asked():
    make_table("failed")
    item = {"pk": {"S": "a"}, "n": {"N": "1"}}
    client.put_item(TableName="failed", Item=item)
    arguments = {
        "TableName": "failed",
        "ConditionExpression": "n > :n",
        "ExpressionAttributeValues": {":n": {"N": "5"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    for call, target in [
        (client.put_item, {"Item": item}),
        (client.delete_item, {"Key": {"pk": {"S": "a"}}}),
        (client.update_item, {"Key": {"pk": {"S": "a"}}}),
    ]:
        refused = expect_error("ConditionalCheckFailedException", call, **arguments, **target)
        expect(refused["Error"]["Message"], "The conditional request failed")
        expect(refused["Item"], item)
    try:
        client.put_item(TableName="failed", Item=item, ConditionExpression="attribute_not_exists(pk)")
        raise AssertionError("the condition held")
    except client.exceptions.ConditionalCheckFailedException as error:
        expect(error.response["ResponseMetadata"]["HTTPStatusCode"], 400)


@test
def every_function_of_conditions_decides():
    table = make_table("functions")
    table.put_item(
        Item={"pk": "a", "s": "hello", "n": 5, "b": b"\x01\x02\x03", "l": [1, "x"], "m": {"k": "v"}, "ss": {"p", "q"}, "z": None}
    )
    holds = [
        Attr("s").exists(),
        Attr("nothing").not_exists(),
        Attr("z").exists(),
        Attr("s").attribute_type("S"),
        Attr("z").attribute_type("NULL"),
        Attr("s").begins_with("hel"),
        Attr("b").begins_with(b"\x01"),
        Attr("s").contains("ell"),
        Attr("ss").contains("p"),
        Attr("l").contains("x"),
        Attr("s").size().eq(5),
        Attr("l").size().gt(1),
        Attr("m.k").eq("v"),
        Attr("l[1]").eq("x"),
        Attr("n").eq(5) & Attr("s").ne("x"),
        Attr("n").lt(5) | Attr("n").gte(5),
        ~Attr("n").gt(5),
        Attr("n").between(5, 6),
        Attr("n").is_in([1, 5]),
        Attr("nothing").ne("x"),
    ]
    for condition in holds:
        table.update_item(Key={"pk": "a"}, ConditionExpression=condition)
        expect(table.scan(FilterExpression=condition)["Count"], 1)
        expect(table.scan(FilterExpression=~condition)["Count"], 0)
        expect_error("ConditionalCheckFailedException", table.update_item, Key={"pk": "a"}, ConditionExpression=~condition)


@test
def every_clause_of_updates_changes():
    table = make_table("clauses")
    table.put_item(Item={"pk": "a", "n": 5, "l": ["a", "b", "c"], "m": {"k": {"j": 1}}, "ss": {"p", "q"}, "gone": 1})
    for expression, values in [
        ("SET n = n - :two, fresh = if_not_exists(fresh, :two)", {":two": 2}),
        ("SET l = list_append(list_append(:first, l), :last)", {":first": ["0"], ":last": ["z"]}),
        ("SET m.k.j = m.k.j + :two, m.fresh = :two", {":two": 2}),
        ("REMOVE gone, l[1], l[2]", None),
        ("ADD ss :more, tally :two DELETE ns :none", {":more": {"r"}, ":two": 2, ":none": {1}}),
        ("DELETE ss :less SET l[99] = :two", {":less": {"p", "never"}, ":two": 2}),
    ]:
        arguments = {} if values is None else {"ExpressionAttributeValues": values}
        table.update_item(Key={"pk": "a"}, UpdateExpression=expression, **arguments)
    expect(
        table.get_item(Key={"pk": "a"})["Item"],
        {
            "pk": "a",
            "n": Decimal(3),
            "fresh": Decimal(2),
            "l": ["0", "c", "z", Decimal(2)],
            "m": {"k": {"j": Decimal(3)}, "fresh": Decimal(2)},
            "ss": {"q", "r"},
            "tally": Decimal(2),
        },
    )


@test
def updates_that_cannot_be_applied_change_nothing():
    table = make_table("unapplied")
    item = {"pk": "a", "s": "text", "n": Decimal(1)}
    table.put_item(Item=item)
    for expression, values, message in [
        ("SET m.k = :v", {":v": 1}, "The document path provided in the update expression is invalid for update"),
        ("SET n = nothing", None, "The provided expression refers to an attribute that does not exist in the item"),
        ("SET n = s + :v", {":v": 1}, "An operand in the update expression has an incorrect data type"),
        ("ADD s :v", {":v": 1}, "An operand in the update expression has an incorrect data type"),
        (
            "SET pk = :v",
            {":v": "b"},
            "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key",
        ),
    ]:
        arguments = {} if values is None else {"ExpressionAttributeValues": values}
        expect_message(
            "ValidationException", message, table.update_item, Key={"pk": "a"}, UpdateExpression=expression, **arguments
        )
    expect(table.get_item(Key={"pk": "a"})["Item"], item)


@test
def expressions_are_checked_before_anything_happens():
    table = make_table("checked")
    for arguments, message in [
        (
            {"ConditionExpression": "name = :v", "ExpressionAttributeValues": {":v": 1}},
            "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: name",
        ),
        (
            {"ConditionExpression": "#n = :v", "ExpressionAttributeValues": {":v": 1}},
            "Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #n",
        ),
        (
            {"ConditionExpression": "n = :v"},
            "Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :v",
        ),
        (
            {"ConditionExpression": "n = :v", "ExpressionAttributeValues": {":v": 1, ":w": 2}},
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}",
        ),
        ({"ConditionExpression": ""}, "Invalid ConditionExpression: The expression can not be empty;"),
    ]:
        expect_message("ValidationException", message, table.put_item, Item={"pk": "a"}, **arguments)
    expect(table.scan()["Count"], 0)


@test
def legacy_parameters_still_work():
    make_table("legacy")
    key = {"pk": {"S": "a"}}
    client.update_item(
        TableName="legacy",
        Key=key,
        AttributeUpdates={"n": {"Action": "ADD", "Value": {"N": "2"}}, "s": {"Action": "PUT", "Value": {"S": "x"}}},
        Expected={"pk": {"Exists": False}},
    )
    expect_error(
        "ConditionalCheckFailedException",
        client.put_item,
        TableName="legacy",
        Item=key,
        Expected={"n": {"ComparisonOperator": "GT", "AttributeValueList": [{"N": "2"}]}},
    )
    found = client.get_item(TableName="legacy", Key=key, AttributesToGet=["n"])
    expect(found["Item"], {"n": {"N": "2"}})
    scanned = client.scan(
        TableName="legacy",
        ScanFilter={"s": {"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": [{"S": "x"}]}},
    )
    expect(scanned["Count"], 1)
