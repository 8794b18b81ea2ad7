// Hot: compared for each request that passes the stack.
using System.Text;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Rewrite;

/// <summary>
/// A path prefix that ends at a segment boundary: "/old" for "/old", "/old/" and "/old/x", not for "/older". Empty for none.
/// </summary>
internal readonly struct PathPrefix
{
    private readonly byte[]? _octets;

    private PathPrefix(byte[] octets) => _octets = octets;

    /// <summary>The prefix without slash at its end.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    /// <summary>Octets.</summary>
    public int Length => Octets.Length;

    /// <summary>Whether there is none ("/" is none).</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>Reads a prefix and reports what is wrong with it.</summary>
    public static PathPrefix Parse(ModuleBuilder builder, string option, string? text)
    {
        if (text is null)
        {
            return default;
        }

        byte[] written = Encoding.UTF8.GetBytes(text.TrimEnd('/'));
        byte[] normal = new byte[written.Length];
        int length = 0;
        bool isPath = text.StartsWith('/') && !text.StartsWith("//", StringComparison.Ordinal) && !text.AsSpan().ContainsAny("?#*");
        if (!isPath || (written.Length != 0 && !builder.PathRules.TryNormalise(written, normal, out length)))
        {
            builder.Error(option, $"\"{text}\" is not a path prefix.", "Write a path without query and without *: /old.");
            return default;
        }

        return new PathPrefix(normal[..length]);
    }

    /// <summary>Whether a path, with or without query and fragment, lies under the prefix.</summary>
    public bool IsPrefixOf(ReadOnlySpan<byte> path) =>
        path.StartsWith(Octets) && (path.Length == Length || path[Length] is (byte)'/' or (byte)'?' or (byte)'#');
}
