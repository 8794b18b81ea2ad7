namespace Weir.Bench.Modules.Stacks;

/// <summary>A stack whose cost is asked: what a request pays for it.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Stack">The entry of the stack, as flow YAML.</param>
internal sealed record Scene(string Name, string Stack)
{
    /// <summary>Whole sections of the configuration that the stack needs, such as a cache's store.</summary>
    public string Sections { get; init; } = "";

    /// <summary>Header lines that the requests have beside those of a browser; the number is the request's.</summary>
    public Func<int, string>? Lines { get; init; }

    /// <summary>Of how many clients the requests come, a multiple of 64. Each has a connection and an address of its own.</summary>
    public int Clients { get; init; } = 64;

    /// <summary>How many requests differ; they come in no order.</summary>
    public int Requests { get; init; } = 1;

    /// <summary>Requests that come before anything is measured, so that the module has something to remember: by their numbers.</summary>
    public int Before { get; init; }

    /// <summary>What there is to say about it.</summary>
    public string Note { get; init; } = "";
}
