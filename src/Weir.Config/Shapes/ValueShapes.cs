using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using Weir.Abstractions.Options;
using Weir.Config.Model;

namespace Weir.Config.Shapes;

/// <summary>Finds the shapes of types. A type that no shape fits is a programmer's mistake and throws.</summary>
internal static class ValueShapes
{
    private static readonly ConcurrentDictionary<Type, RecordShape> _records = new();

    /// <summary>The shape of a record of options.</summary>
    internal static RecordShape OfRecord(Type type)
    {
        if (_records.TryGetValue(type, out RecordShape? known))
        {
            return known;
        }

        // Published once complete, so that a second thread never sees half of it; a record within itself has no finite shape.
        RecordShape shape = new(type);
        Fill(shape);
        return _records.GetOrAdd(type, shape);
    }

    /// <summary>HeaderTimeout -> header_timeout.</summary>
    internal static string ToSnakeCase(string name)
    {
        StringBuilder snake = new(name.Length + 8);
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsAsciiLetterUpper(name[i]) && i > 0)
            {
                snake.Append('_');
            }

            snake.Append(char.ToLowerInvariant(name[i]));
        }

        return snake.ToString();
    }

    private static void Fill(RecordShape shape)
    {
        object defaults = shape.Create();
        List<OptionShape> options = [];
        foreach (PropertyInfo property in shape.Type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.Name == nameof(Position) && property.PropertyType == typeof(Position))
            {
                shape.Position = property;
            }

            if (property.GetCustomAttribute<OptionAttribute>() is not { } attribute)
            {
                continue;
            }

            OptionShape option = new(
                attribute.Name ?? ToSnakeCase(property.Name), property, attribute, OfProperty(property), property.GetValue(defaults));
            if (property.IsDefined(typeof(RestOfMapAttribute)))
            {
                shape.Rest = option;
                continue;
            }

            options.Add(option);
            shape.Shorthand = attribute.IsShorthand ? option : shape.Shorthand;
        }

        shape.Options = options;
        shape.Rules = [.. shape.Type.GetCustomAttributes<OptionRuleAttribute>()];
    }

    private static ValueShape OfProperty(PropertyInfo property)
    {
        Syntax syntax = property.GetCustomAttribute<SyntaxAttribute>()?.Syntax ?? Syntax.Any;
        Syntax keys = property.GetCustomAttribute<KeySyntaxAttribute>()?.Syntax ?? Syntax.Any;
        return OfType(property.PropertyType, syntax, keys);
    }

    private static ValueShape OfType(Type type, Syntax syntax, Syntax keys)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return StringShapes.Of(syntax);
        }

        if (ScalarShapes.Find(type) is { } scalar)
        {
            return scalar;
        }

        if (type == typeof(TargetConfig))
        {
            return new TargetShape();
        }

        if (type == typeof(StackEntry))
        {
            return new StackEntryShape();
        }

        if (type.IsEnum)
        {
            return EnumShapes.Of(type);
        }

        if (ItemOf(type) is { } item)
        {
            return new ListShape(item, OfType(item, syntax, Syntax.Any));
        }

        if (ValueOf(type) is { } value)
        {
            return new MapShape(StringShapes.Of(keys), value, OfType(value, syntax, Syntax.Any));
        }

        return type.IsClass && type.GetConstructor(Type.EmptyTypes) is not null
            ? OfRecord(type)
            : throw new NotSupportedException($"An option cannot be a {type}.");
    }

    private static Type? ItemOf(Type type)
    {
        if (type.IsArray)
        {
            return type.GetElementType();
        }

        Type? open = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        bool isList = open == typeof(IReadOnlyList<>) || open == typeof(IReadOnlyCollection<>) || open == typeof(IEnumerable<>);
        return isList ? type.GetGenericArguments()[0] : null;
    }

    private static Type? ValueOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)
        && type.GetGenericArguments()[0] == typeof(string)
            ? type.GetGenericArguments()[1]
            : null;
}
