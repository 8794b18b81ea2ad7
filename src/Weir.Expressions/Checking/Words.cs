namespace Weir.Expressions.Checking;

/// <summary>Kinds of values as messages name them.</summary>
internal static class Words
{
    /// <summary>"A text".</summary>
    public static string Article(ValueKind kind) => kind switch
    {
        ValueKind.Bool => "A truth",
        ValueKind.Number => "A number",
        ValueKind.Text => "A text",
        ValueKind.Address => "An address",
        ValueKind.Map => "A map",
        _ => "A list",
    };

    /// <summary>"a text".</summary>
    public static string Of(ValueKind kind) => char.ToLowerInvariant(Article(kind)[0]) + Article(kind)[1..];
}
