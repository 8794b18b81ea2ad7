// Hot: runs for each request that passes the stack.
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Templates;

namespace Weir.Modules.Rewrite;

/// <summary>
/// Makes a new path: strip, replace, add; or a template. The result begins with exactly one "/", has no dot segment and passed
/// <see cref="IPathRules"/>, or the request is refused.
/// </summary>
internal sealed class PathRewrite
{
    private readonly PathPrefix _strip;
    private readonly PathReplacement? _replacement;
    private readonly PathPrefix _add;
    private readonly Template? _template;
    private readonly IPathRules _rules;

    public PathRewrite(PathPrefix strip, PathReplacement? replacement, PathPrefix add, Template? template, IPathRules rules)
    {
        _strip = strip;
        _replacement = replacement;
        _add = add;
        _template = template;
        _rules = rules;
    }

    /// <summary>Whether it changes nothing.</summary>
    public bool IsEmpty => _strip.IsEmpty && _replacement is null && _add.IsEmpty && _template is null;

    /// <summary>Rewrites the path. False: the request must be refused.</summary>
    public bool TryApply(Exchange exchange, out bool wasStripped)
    {
        wasStripped = false;
        RequestHead request = exchange.Request;

        // RFC 9112 section 3.2.4: "OPTIONS *" is about the server as a whole and has no path.
        if (request.IsAsterisk)
        {
            return true;
        }

        if (_template is not null)
        {
            return _template.TryStore(exchange, request.Fields, out ByteSlice rendered) && TryNormalise(request, rendered);
        }

        wasStripped = !_strip.IsEmpty && TryStrip(request);
        if (_replacement is not null && !TryReplace(request, _replacement))
        {
            return false;
        }

        if (!_add.IsEmpty)
        {
            AddPrefix(request);
        }

        return true;
    }

    // What is left of a normalised path behind a segment boundary is normalised; it needs no copy.
    private bool TryStrip(RequestHead request)
    {
        ReadOnlySpan<byte> path = request.Path;
        if (!_strip.IsPrefixOf(path))
        {
            return false;
        }

        int start = _strip.Length;
        if (start == path.Length)
        {
            request.ReplacePath("/"u8);
            return true;
        }

        // An origin must not be given a path that begins with "//": many take it for a host.
        while (start + 1 < path.Length && path[start + 1] == (byte)'/')
        {
            start++;
        }

        ByteSlice place = request.PathSlice;
        request.ChangePath(new ByteSlice(place.Offset + start, place.Length - start));
        return true;
    }

    private bool TryReplace(RequestHead request, PathReplacement replacement)
    {
        if (!replacement.TryReplace(request.Path, out string? replaced))
        {
            return true;
        }

        ByteSlice stored = request.Fields.Store(Encoding.Latin1.GetBytes("/" + replaced.TrimStart('/')));
        return TryNormalise(request, stored);
    }

    private void AddPrefix(RequestHead request)
    {
        HeaderFields fields = request.Fields;
        int length = _add.Length + request.Path.Length;
        Span<byte> room = fields.Reserve(length);
        _add.Octets.CopyTo(room);
        request.Path.CopyTo(room[_add.Length..]);
        request.ChangePath(fields.Commit(length));
    }

    private bool TryNormalise(RequestHead request, ByteSlice made)
    {
        HeaderFields fields = request.Fields;
        Span<byte> room = fields.Reserve(made.Length);
        ReadOnlySpan<byte> path = fields.Slice(made);
        if (DotSegments.IsIn(path) || !_rules.TryNormalise(path, room, out int written) || !IsOneSlashed(room[..written]))
        {
            return false;
        }

        request.ChangePath(fields.Commit(written));
        return true;
    }

    private static bool IsOneSlashed(ReadOnlySpan<byte> path) => path.StartsWith("/"u8) && !path.StartsWith("//"u8);
}
