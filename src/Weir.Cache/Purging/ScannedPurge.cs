using System.Text;

namespace Weir.Cache.Purging;

/// <summary>A purge that no table finds: a prefix, conditions, everything. Immutable.</summary>
internal sealed class ScannedPurge
{
    private readonly byte[] _scheme = [];
    private readonly byte[] _authority = [];
    private readonly byte[] _path = [];
    private readonly IPurgePredicate? _predicate;
    private readonly PurgeKind _kind;

    public ScannedPurge(in LoggedPurge logged)
    {
        Logged = logged;
        Purge purge = Purge.OfLogged(logged.Kind, logged.Text, logged.IsSoft);
        _kind = purge.Kind;
        _predicate = purge.Predicate;
        string[] lines = logged.Kind == PurgeKind.Prefix ? logged.Text.Split('\n', 3) : [];
        if (lines.Length == 3)
        {
            _scheme = Encoding.UTF8.GetBytes(lines[0]);
            _authority = Encoding.UTF8.GetBytes(lines[1]);
            _path = Encoding.UTF8.GetBytes(lines[2]);
        }
    }

    public LoggedPurge Logged { get; }

    public bool Touches(in PurgeSubject subject, in KeyParts parts) => _kind switch
    {
        PurgeKind.Prefix => IsPrefixOf(parts),
        PurgeKind.Where => !subject.IsNote && _predicate!.Matches(subject, Logged.Seconds),
        _ => true,
    };

    /// <summary>Whether it touches what a key will bring, or might.</summary>
    public bool MayTouch(in KeyParts parts) => _kind != PurgeKind.Prefix || IsPrefixOf(parts);

    private bool IsPrefixOf(in KeyParts parts) =>
        (_scheme.Length == 0 || parts.Scheme.SequenceEqual(_scheme))
        && parts.Authority.SequenceEqual(_authority)
        && parts.Target.StartsWith(_path);
}
