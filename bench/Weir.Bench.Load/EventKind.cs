namespace Weir.Bench.Load;

/// <summary>Whose descriptor an event is of.</summary>
internal enum EventKind
{
    Load,
    Origin,
    OriginListener,
    Command,
}
