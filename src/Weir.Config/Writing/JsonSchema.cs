using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Config.Checking;
using Weir.Config.Model;
using Weir.Config.Shapes;

namespace Weir.Config.Writing;

/// <summary>Writes the JSON schema (draft 2020-12) by which editors complete and check a configuration.</summary>
public sealed class JsonSchema
{
    private static readonly JsonSerializerOptions _indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonObject _definitions = [];
    private readonly Dictionary<Type, string> _names = [];
    private readonly IModuleCatalog _catalog;

    private JsonSchema(IModuleCatalog catalog) => _catalog = catalog;

    /// <summary>The schema of a configuration whose stacks name these modules.</summary>
    public static string Write(IModuleCatalog catalog)
    {
        JsonSchema schema = new(catalog);
        schema._definitions["variable"] = new JsonObject { ["type"] = "string", ["pattern"] = @"\$\{" };
        schema.DefineStackEntry();
        JsonObject root = new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Weir",
        };
        foreach ((string key, JsonNode? value) in schema.OfMap(ValueShapes.OfRecord(typeof(WeirConfig))))
        {
            root[key] = value?.DeepClone();
        }

        root["$defs"] = schema._definitions;
        return root.ToJsonString(_indented) + "\n";
    }

    private void DefineStackEntry()
    {
        JsonObject modules = [];
        JsonArray names = [];
        foreach (IModuleFactory factory in _catalog.All)
        {
            JsonObject module = OfRecord(ValueShapes.OfRecord(factory.OptionsType));
            module["description"] = factory.Summary;
            AllowAcknowledgement(module);
            modules[factory.Name] = module;
            names.Add(factory.Name);
        }

        _definitions["stack_entry"] = new JsonObject
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = names },
                new JsonObject { ["type"] = "string", ["description"] = "A named stack." },
                new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = modules,
                    ["additionalProperties"] = false,
                    ["minProperties"] = 1,
                    ["maxProperties"] = 1,
                }),
        };
    }

    // A module's shape is a map, or a choice between a map and a shorthand.
    private static void AllowAcknowledgement(JsonObject module)
    {
        IEnumerable<JsonObject> choices = module["anyOf"] is JsonArray several ? several.OfType<JsonObject>() : [module];
        foreach (JsonObject properties in choices.Select(choice => choice["properties"]).OfType<JsonObject>())
        {
            properties[StackOrder.Acknowledgement] = new JsonObject
            {
                ["const"] = true,
                ["description"] = "The module's place in the stack is meant, although it looks dangerous.",
            };
        }
    }

    private JsonObject Of(ValueShape shape) => shape switch
    {
        ScalarShape scalar => OfScalar(scalar),
        ListShape list => OrAlone(list, Of(list.Item)),
        MapShape map => new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(map.Value) },
        TargetShape => AnyOf(
            new JsonObject { ["type"] = "string" },
            new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" }, ["minItems"] = 1 }),
        StackEntryShape => new JsonObject { ["$ref"] = "#/$defs/stack_entry" },
        RecordShape record => Reference(record),
        _ => throw new NotSupportedException(shape.GetType().Name),
    };

    private static JsonObject OrAlone(ListShape list, JsonObject item)
    {
        JsonObject array = new() { ["type"] = "array", ["items"] = item };
        return list.Item is RecordShape { Shorthand: null } ? array : AnyOf(array, (JsonObject)item.DeepClone());
    }

    private static JsonObject OfScalar(ScalarShape shape)
    {
        if (shape.Words is { } words)
        {
            return AnyOf(new JsonObject { ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) }, Variable());
        }

        JsonObject scalar = new() { ["type"] = shape.JsonType };
        if (shape.Pattern is { } pattern)
        {
            scalar["pattern"] = pattern;
        }

        if (shape.JsonType == "string" && shape.Pattern is null)
        {
            // A text may look like a number to YAML: `X-Version: 2` is meant as one.
            scalar["type"] = new JsonArray("string", "number", "boolean");
            return scalar;
        }

        return AnyOf(scalar, Variable());
    }

    private JsonObject Reference(RecordShape shape)
    {
        if (!_names.TryGetValue(shape.Type, out string? name))
        {
            // Two modules may each have a type of the same name.
            string plain = ValueShapes.ToSnakeCase(shape.Type.Name);
            name = _definitions.ContainsKey(plain) ? $"{plain}_{_names.Count}" : plain;
            _names[shape.Type] = name;
            _definitions[name] = new JsonObject();
            _definitions[name] = OfRecord(shape);
        }

        return new JsonObject { ["$ref"] = "#/$defs/" + name };
    }

    private JsonObject OfRecord(RecordShape shape)
    {
        JsonObject map = OfMap(shape);
        JsonObject result = map;
        if (shape.Shorthand is { } shorthand)
        {
            result = AnyOf(map, Of(shorthand.Value));
        }

        return shape.CanBeOff ? AnyOf(result, new JsonObject { ["const"] = "off" }) : result;
    }

    private JsonObject OfMap(RecordShape shape)
    {
        JsonObject properties = [];
        JsonArray required = [];
        foreach (OptionShape option in shape.Options)
        {
            properties[option.Name] = OfOption(option);
            if (option.Attribute.IsRequired)
            {
                required.Add(option.Name);
            }
        }

        JsonObject map = new()
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = shape.Rest?.Value is MapShape rest ? Of(rest.Value) : false,
        };
        if (required.Count > 0)
        {
            map["required"] = required;
        }

        return map;
    }

    private JsonObject OfOption(OptionShape option)
    {
        JsonObject value = Of(option.Value);
        if (option is { Initial: null, Attribute.Default: { } word } && option.IsWordForDefault(word))
        {
            value = AnyOf(value, new JsonObject { ["const"] = word });
        }

        value["description"] = Describe(option.Attribute);
        if (option.Initial is { } initial && option.Value is ScalarShape { JsonType: not "string" } scalar)
        {
            value["default"] = JsonNode.Parse(scalar.Format(initial));
        }
        else if (option.Initial is not null && option.Value is ScalarShape text)
        {
            value["default"] = text.Format(option.Initial);
        }

        return value;
    }

    private static string Describe(OptionAttribute attribute)
    {
        string bounds = (attribute.Min, attribute.Max) switch
        {
            ({ } min, { } max) => $" From {min} to {max}.",
            ({ } min, null) => $" At least {min}.",
            (null, { } max) => $" At most {max}.",
            _ => "",
        };
        return attribute.Text + bounds + (attribute.Default is { } text ? $" Default: {text}." : "");
    }

    private static JsonObject AnyOf(params JsonObject[] choices) =>
        new() { ["anyOf"] = new JsonArray([.. choices.Select(choice => (JsonNode)choice)]) };

    private static JsonObject Variable() => new() { ["$ref"] = "#/$defs/variable" };
}
