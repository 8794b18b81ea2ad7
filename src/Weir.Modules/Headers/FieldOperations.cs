// Hot: applied to each head that passes the module.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Headers;

/// <summary>What is done to the fields of one head: remove, rename, set, add, in this order.</summary>
internal sealed class FieldOperations
{
    private readonly FieldRemoval _removal;
    private readonly FieldRename[] _renames;
    private readonly FieldTemplate[] _sets;
    private readonly FieldTemplate[] _adds;

    private FieldOperations(FieldRemoval removal, FieldRename[] renames, FieldTemplate[] sets, FieldTemplate[] adds)
    {
        _removal = removal;
        _renames = renames;
        _sets = sets;
        _adds = adds;
    }

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => _removal.IsEmpty && _renames.Length == 0 && _sets.Length == 0 && _adds.Length == 0;

    /// <summary>The templates among the operations.</summary>
    public IEnumerable<FieldTemplate> Templates => _sets.Concat(_adds);

    /// <summary>Compiles the operations under an option ("request", "response").</summary>
    public static FieldOperations Parse(ModuleBuilder builder, string option, ResponseFieldsOptions options) => new(
        FieldRemoval.Parse(builder, option + ".remove", options.Remove),
        ParseRenames(builder, option + ".rename", options.Rename),
        FieldTemplate.ParseAll(builder, option + ".set", options.Set),
        FieldTemplate.ParseAll(builder, option + ".add", options.Add));

    /// <summary>Applies all of them, up to the first that cannot be made of the client's values: it is returned.</summary>
    public FieldTemplate? Apply(Exchange exchange, HeaderFields fields)
    {
        _removal.Apply(fields);
        foreach (FieldRename rename in _renames)
        {
            rename.Apply(fields);
        }

        foreach (FieldTemplate field in _sets)
        {
            if (!field.TrySet(exchange, fields))
            {
                return field;
            }
        }

        foreach (FieldTemplate field in _adds)
        {
            if (!field.TryAdd(exchange, fields))
            {
                return field;
            }
        }

        return null;
    }

    /// <summary>
    /// The same for fields behind the content (RFC 9110 section 6.5): nothing is put there, and nothing stays that the head's operations
    /// take away or decide.
    /// </summary>
    public void ApplyToTrailers(HeaderFields trailers)
    {
        _removal.Apply(trailers);
        foreach (FieldRename rename in _renames)
        {
            rename.ApplyToTrailers(trailers);
        }

        foreach (FieldTemplate field in _sets)
        {
            trailers.Remove(field.Name);
        }
    }

    private static FieldRename[] ParseRenames(ModuleBuilder builder, string option, IReadOnlyDictionary<string, string> renames)
    {
        List<FieldRename> parsed = [];
        foreach ((string from, string to) in renames)
        {
            string place = $"{option}.{from}";
            if (FieldNames.Check(builder, place, from) && FieldNames.Check(builder, place, to))
            {
                parsed.Add(new FieldRename(from, to));
            }
        }

        return [.. parsed];
    }
}
