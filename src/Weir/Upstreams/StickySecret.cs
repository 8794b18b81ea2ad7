using Weir.Config.Model;
using Weir.Machine;
using Weir.Pipeline.Sticking;
using Weir.Telemetry.Events;

namespace Weir.Upstreams;

/// <summary>
/// The secret behind the cookies of sticky sessions: a file of the data directory, made at first use, so that clients keep their servers
/// over a restart, and over several processes that share the directory.
/// </summary>
internal static class StickySecret
{
    private const string FileName = "sticky.key";

    /// <summary>The keys, from the file or into it. Where that cannot be, keys that end with the process, and a warning.</summary>
    public static StickyKeys Open(ProcessConfig process, WeirLog log) =>
        new(KeptSecret.Open(process, FileName, log, OperatorEvents.StickyKeyFailed));

    /// <summary>For who only asks: the keys where there are some that this user can read; nothing is made.</summary>
    public static StickyKeys? Find(ProcessConfig process) =>
        KeptSecret.Find(process, FileName) is { } secret ? new StickyKeys(secret) : null;
}
