namespace Weir.Cli.Control;

/// <summary>What commands to a running Weir end with; docs/guide/admin.md tells users.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Weir refused, or the command line is wrong.</summary>
    public const int Refused = 1;

    /// <summary>No Weir answers there.</summary>
    public const int NoWeir = 2;

    /// <summary>The time to wait is over, and requests are still in flight.</summary>
    public const int NotYet = 3;
}
