namespace Weir.Config.Shapes;

/// <summary>Durations as the configuration writes them, for the command line.</summary>
public static class DurationText
{
    /// <summary>Reads "250ms", "10s", "5m", "1h" or "7d".</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = UnitSyntax.Duration(text).Value as TimeSpan? ?? TimeSpan.Zero;
        return UnitSyntax.Duration(text).Value is TimeSpan;
    }
}
