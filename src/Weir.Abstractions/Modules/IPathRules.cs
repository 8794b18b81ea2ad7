namespace Weir.Abstractions.Modules;

/// <summary>
/// The rules that made the path of a request what it is, for modules that make a new one: a path that a module builds from a client's
/// octets must pass them again, or access rules and routes would judge another path than the origin gets.
/// </summary>
public interface IPathRules
{
    /// <summary>
    /// Writes the normal form of a path: unreserved escapes decoded, dot segments removed, refused octets refused. False when the path
    /// must not be used (it leaves the root, holds %00, a control octet, a backslash), or the target is too small: the normal form is
    /// never longer than the path. The two spans must not overlap. Safe to call on any loop.
    /// </summary>
    bool TryNormalise(ReadOnlySpan<byte> path, Span<byte> target, out int written);
}
