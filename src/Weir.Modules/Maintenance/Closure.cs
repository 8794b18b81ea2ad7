// Hot: asked for each request that passes the stack.
using System.Globalization;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Maintenance;

/// <summary>
/// What is known of the site having been closed: "closed" from the beginning of a window until visitors may come in again, and after that
/// "open" with the time. It lies in the module's memory, so that neither a restart nor other options make it forgotten. Any thread.
/// </summary>
internal sealed class Closure
{
    private const string ClosedText = "closed";
    private const string OpenText = "open ";

    // Windows that ended long before this process was asked are not its business: whoever was kept out for them is in again.
    private const long RecentMs = 3_600_000;

    private readonly ModuleMemory _memory;
    private volatile Known _known = new("", false, long.MinValue);
    private long _firstAskedMs;

    public Closure(ModuleMemory memory) => _memory = memory;

    /// <summary>Whether the site was closed, and nothing has opened it again.</summary>
    public bool IsClosed => Current.IsClosed;

    /// <summary>Whether nothing is known yet.</summary>
    public bool IsUnknown => Current.Text.Length == 0;

    private Known Current
    {
        get
        {
            string text = _memory.Text;
            Known known = _known;
            if (!ReferenceEquals(known.Text, text))
            {
                _known = known = Read(text);
            }

            return known;
        }
    }

    /// <summary>
    /// Whether visitors still owe their being kept out to a window: to the one that was seen, or to one that ended unseen.
    /// </summary>
    /// <param name="lastEndMs">When the last window ended, by the schedule.</param>
    /// <param name="nowMs">Now.</param>
    public bool IsOwed(long lastEndMs, long nowMs)
    {
        Known known = Current;
        if (known.IsClosed || lastEndMs == long.MinValue || lastEndMs <= known.OpenMs)
        {
            return known.IsClosed;
        }

        Interlocked.CompareExchange(ref _firstAskedMs, nowMs, 0);
        return lastEndMs > Volatile.Read(ref _firstAskedMs) - RecentMs;
    }

    public void SetClosed() => _memory.Write(ClosedText);

    public void SetOpen(long nowMs) => _memory.Write(string.Create(CultureInfo.InvariantCulture, $"{OpenText}{nowMs}"));

    private static Known Read(string text)
    {
        long openMs = long.MinValue;
        if (text.StartsWith(OpenText, StringComparison.Ordinal)
            && !long.TryParse(text.AsSpan(OpenText.Length), NumberStyles.None, CultureInfo.InvariantCulture, out openMs))
        {
            openMs = long.MinValue;
        }

        return new Known(text, text == ClosedText, openMs);
    }

    private sealed record Known(string Text, bool IsClosed, long OpenMs);
}
