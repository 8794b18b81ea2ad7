namespace Weir.Machine;

/// <summary>Whether standard error goes to systemd's journal.</summary>
public static class Journal
{
    /// <summary>Whether it does now.</summary>
    public static bool ReadsStandardError =>
        Reads(Environment.GetEnvironmentVariable("JOURNAL_STREAM"), new FileInfo("/proc/self/fd/2").LinkTarget);

    /// <summary>
    /// JOURNAL_STREAM names the journal's socket as device:inode (systemd.exec(5)). It is inherited by programs whose standard error was
    /// sent elsewhere since, so the number is compared.
    /// </summary>
    /// <param name="stream">The variable's value.</param>
    /// <param name="target">What standard error's entry in /proc points to: "socket:[inode]" for a socket.</param>
    internal static bool Reads(string? stream, string? target) =>
        stream?.Split(':') is [_, { Length: > 0 } inode] && target == $"socket:[{inode}]";
}
