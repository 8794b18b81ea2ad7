using System.Globalization;

namespace Weir.Config.Model;

/// <summary>A failure after which a request is sent again.</summary>
/// <param name="Cause">The kind.</param>
/// <param name="Status">The status, 500 to 599 or 425, where the kind is <see cref="RetryCause.Status"/>.</param>
public readonly record struct RetryCondition(RetryCause Cause, int Status)
{
    /// <inheritdoc/>
    public override string ToString() => Cause switch
    {
        RetryCause.Connect => "connect",
        RetryCause.Reset => "reset",
        RetryCause.Timeout => "timeout",
        _ => Status.ToString(CultureInfo.InvariantCulture),
    };
}
