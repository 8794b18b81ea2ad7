// Hot: asked for each candidate route that names methods.
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Routing;

/// <summary>
/// The methods that a route takes, exactly those named: GET does not bring HEAD along. Methods are case-sensitive (RFC 9110 section 9.1).
/// </summary>
public sealed class MethodSet
{
    private readonly uint _known;
    private readonly byte[][] _others;
    private readonly bool _isAny;

    private MethodSet(bool isAny, uint known, byte[][] others)
    {
        _isAny = isAny;
        _known = known;
        _others = others;
    }

    /// <summary>Every method.</summary>
    public static MethodSet Any { get; } = new(true, 0, []);

    /// <summary>Whether it takes every method.</summary>
    public bool IsAny => _isAny;

    /// <summary>Reads a list of method names; an empty list stands for every method.</summary>
    public static bool TryParse(
        IReadOnlyList<string> names, [NotNullWhen(true)] out MethodSet? methods, [NotNullWhen(false)] out PatternError? error)
    {
        uint known = 0;
        List<byte[]> others = [];
        methods = null;
        error = null;
        foreach (string name in names)
        {
            byte[] token = Encoding.UTF8.GetBytes(name);
            if (!FieldSyntax.IsToken(token))
            {
                error = new PatternError($"'{name}' is not a method.", "Write a name like GET.");
                return false;
            }

            RequestMethod method = RequestMethods.Find(token);
            known |= method == RequestMethod.Other ? 0 : 1u << (int)method;
            if (method == RequestMethod.Other)
            {
                others.Add(token);
            }
        }

        methods = names.Count == 0 ? Any : new MethodSet(false, known, [.. others]);
        return true;
    }

    /// <summary>Whether the request's method is one of them.</summary>
    public bool Contains(RequestHead request)
    {
        if (_isAny)
        {
            return true;
        }

        return request.Method == RequestMethod.Other ? ContainsOther(request.MethodToken) : (_known & (1u << (int)request.Method)) != 0;
    }

    /// <summary>Whether every method of another set is one of these.</summary>
    public bool Covers(MethodSet other)
    {
        if (_isAny || other._isAny)
        {
            return _isAny;
        }

        return (other._known & ~_known) == 0 && Array.TrueForAll(other._others, token => ContainsOther(token));
    }

    /// <summary>The methods of either set.</summary>
    public MethodSet Union(MethodSet other) =>
        _isAny || other._isAny ? Any : new MethodSet(false, _known | other._known, [.. _others, .. other._others]);

    /// <summary>Whether any method is in both sets.</summary>
    public bool Overlaps(MethodSet other) =>
        _isAny || other._isAny || (_known & other._known) != 0 || Array.Exists(other._others, token => ContainsOther(token));

    private bool ContainsOther(ReadOnlySpan<byte> token)
    {
        foreach (byte[] other in _others)
        {
            if (token.SequenceEqual(other))
            {
                return true;
            }
        }

        return false;
    }
}
