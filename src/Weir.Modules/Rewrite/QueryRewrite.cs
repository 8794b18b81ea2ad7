// Hot: runs for each request that passes the stack.
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Templates;

namespace Weir.Modules.Rewrite;

/// <summary>
/// Removes, sets and adds query parameters, or makes the query from a template. A query that no operation concerns stays octet by
/// octet.
/// </summary>
internal sealed class QueryRewrite
{
    private readonly Template? _template;
    private readonly QueryParameter[] _removed;
    private readonly (byte[] Begin, Template Value)[] _appended;

    private QueryRewrite(Template? template, QueryParameter[] removed, (byte[] Begin, Template Value)[] appended)
    {
        _template = template;
        _removed = removed;
        _appended = appended;
    }

    /// <summary>Whether it changes nothing.</summary>
    public bool IsEmpty => _template is null && _removed.Length == 0 && _appended.Length == 0;

    /// <summary>Compiles the operations and reports mistakes.</summary>
    public static QueryRewrite Parse(ModuleBuilder builder, QueryOptions options)
    {
        Template? template = options.Template is { } text ? builder.ParseTemplate("query.template", text, TemplateContext.Query) : null;
        if (options.Template is not null && (options.Remove.Count != 0 || options.Set.Count != 0 || options.Add.Count != 0))
        {
            builder.Error(
                "query.template",
                "A template makes the whole query, so nothing is left for remove, set and add.",
                "Keep one or the other.");
        }

        List<QueryParameter> removed = [];
        foreach (string name in options.Remove)
        {
            if (name.Length == 0)
            {
                builder.Error(
                    "query.remove",
                    "A parameter without a name cannot be removed.",
                    "Write its name, perhaps with * at its end.");
            }

            removed.Add(new QueryParameter(name));
        }

        List<(byte[] Begin, Template Value)> appended = [];
        ParseValues(builder, "query.set", options.Set, appended);
        ParseValues(builder, "query.add", options.Add, appended);
        removed.AddRange(options.Set.Keys.Select(name => new QueryParameter(name, isExact: true)));
        return new QueryRewrite(template, [.. removed], [.. appended]);
    }

    /// <summary>Rewrites the query. False: the request must be refused.</summary>
    public bool TryApply(Exchange exchange)
    {
        RequestHead request = exchange.Request;
        if (_template is not null)
        {
            bool isRendered = _template.TryStore(exchange, request.Fields, out ByteSlice rendered);
            request.ChangeQuery(rendered, !rendered.IsEmpty);
            return isRendered;
        }

        if (_appended.Length == 0 && !HasRemoved(request.Query))
        {
            return true;
        }

        HeaderFields fields = request.Fields;
        int start = fields.Commit(0).Offset;
        StoreKept(fields, request.Query, start);
        foreach ((byte[] begin, Template value) in _appended)
        {
            StoreSeparator(fields, start);
            fields.Store(begin);
            if (!value.TryStore(exchange, fields, out _))
            {
                return false;
            }
        }

        int end = fields.Commit(0).Offset;
        request.ChangeQuery(new ByteSlice(start, end - start), end > start);
        return true;
    }

    private static void ParseValues(
        ModuleBuilder builder, string option, IReadOnlyDictionary<string, string> values, List<(byte[] Begin, Template Value)> appended)
    {
        foreach ((string name, string text) in values)
        {
            if (name.Length == 0)
            {
                builder.Error(option, "A parameter needs a name.", "Write one in front of the colon.");
                continue;
            }

            if (builder.ParseTemplate($"{option}.{name}", text, TemplateContext.QueryValue) is { } value)
            {
                appended.Add((Encoding.ASCII.GetBytes(Uri.EscapeDataString(name) + "="), value));
            }
        }
    }

    private bool HasRemoved(ReadOnlySpan<byte> query)
    {
        while (!query.IsEmpty)
        {
            if (IsRemoved(TakeParameter(ref query)))
            {
                return true;
            }
        }

        return false;
    }

    private void StoreKept(HeaderFields fields, ReadOnlySpan<byte> query, int start)
    {
        while (!query.IsEmpty)
        {
            ReadOnlySpan<byte> parameter = TakeParameter(ref query);
            if (!parameter.IsEmpty && !IsRemoved(parameter))
            {
                StoreSeparator(fields, start);
                fields.Store(parameter);
            }
        }
    }

    private bool IsRemoved(ReadOnlySpan<byte> parameter)
    {
        foreach (QueryParameter removed in _removed)
        {
            if (removed.Matches(parameter))
            {
                return true;
            }
        }

        return false;
    }

    private static void StoreSeparator(HeaderFields fields, int start)
    {
        if (fields.Commit(0).Offset > start)
        {
            fields.Store("&"u8);
        }
    }

    private static ReadOnlySpan<byte> TakeParameter(ref ReadOnlySpan<byte> query)
    {
        int end = query.IndexOf((byte)'&');
        ReadOnlySpan<byte> parameter = end < 0 ? query : query[..end];
        query = end < 0 ? default : query[(end + 1)..];
        return parameter;
    }
}
