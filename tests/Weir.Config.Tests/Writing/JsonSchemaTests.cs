using System.Text.Json.Nodes;
using Weir.Config.Tests.Modules;
using Weir.Config.Writing;

namespace Weir.Config.Tests.Writing;

public sealed class JsonSchemaTests
{
    [Fact]
    public void The_schema_knows_options_modules_and_defaults()
    {
        JsonNode schema = JsonNode.Parse(JsonSchema.Write(FakeCatalog.Instance)).ShouldNotBeNull();
        schema["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
        schema["properties"]!["limits"]!["$ref"]!.GetValue<string>().ShouldBe("#/$defs/limits_config");
        JsonNode timeout = schema["$defs"]!["limits_config"]!["properties"]!["header_timeout"]!;
        timeout["default"]!.GetValue<string>().ShouldBe("10s");
        timeout["description"]!.GetValue<string>().ShouldContain("From 10ms to 1h.");
        JsonNode modules = schema["$defs"]!["stack_entry"]!["anyOf"]![2]!["properties"]!;
        modules["redirect"]!["anyOf"]![0]!["required"]![0]!.GetValue<string>().ShouldBe("to");
    }

    [Fact]
    public void Every_reference_in_the_schema_is_defined()
    {
        JsonNode schema = JsonNode.Parse(JsonSchema.Write(FakeCatalog.Instance)).ShouldNotBeNull();
        List<string> references = [];
        Collect(schema, references);
        references.Count.ShouldBeGreaterThan(20);
        foreach (string reference in references)
        {
            schema["$defs"]![reference["#/$defs/".Length..]].ShouldNotBeNull(reference);
        }
    }

    private static void Collect(JsonNode? node, List<string> references)
    {
        if (node is JsonArray array)
        {
            array.ToList().ForEach(item => Collect(item, references));
        }

        if (node is JsonObject map)
        {
            foreach ((string key, JsonNode? value) in map)
            {
                if (key == "$ref" && value is JsonValue text)
                {
                    references.Add(text.GetValue<string>());
                }

                Collect(value, references);
            }
        }
    }
}
