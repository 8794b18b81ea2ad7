using System.Globalization;
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Cors;

/// <summary>Makes `cors`.</summary>
public sealed class CorsFactory : ModuleFactory<CorsOptions>
{
    private const string Any = "*";

    /// <inheritdoc/>
    public override string Name => "cors";

    /// <inheritdoc/>
    public override string Summary => "Says which other origins' scripts may read answers, and answers preflight requests.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
        [new(OrderRelation.Above, "respond", "An answer above cors goes out without permission for scripts.")];

    /// <inheritdoc/>
    protected override IModule? Create(CorsOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        bool isAny = options.Origins.Contains(Any);
        if (isAny && options.Credentials)
        {
            check.Error("credentials", "Every origin may read answers, and credentials may go along.", "Name the origins, or leave credentials out.");
        }

        if (isAny && options.Origins.Count > 1)
        {
            check.Error("origins", "\"*\" stands among other origins.", "Keep \"*\" alone, or remove it.");
        }

        List<OriginPattern> origins = [];
        foreach (string text in options.Origins.Where(origin => origin != Any))
        {
            if (OriginPattern.Parse(text) is { } pattern)
            {
                origins.Add(pattern);
            }
            else
            {
                check.Error("origins", $"\"{text}\" is not an origin.", "Write scheme, host and port in lower case without a path, as in https://app.example.com.");
            }
        }

        CheckTokens(check, "methods", options.Methods);
        CheckTokens(check, "headers", options.Headers.Where(name => name != Any));
        CheckTokens(check, "expose", options.Expose);
        return check.HasErrors ? null : new CorsModule(isAny ? null : [.. origins], new CorsAnswers
        {
            Methods = Join(options.Methods),
            Headers = options.Headers.Contains(Any) ? null : Join(options.Headers),
            Expose = Join(options.Expose),
            MaxAge = Encoding.ASCII.GetBytes(((long)options.MaxAge.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
            Credentials = options.Credentials,
            PrivateNetwork = options.PrivateNetwork,
        });
    }

    private static void CheckTokens(CheckedBuilder check, string option, IEnumerable<string> tokens)
    {
        foreach (string token in tokens)
        {
            if (!FieldSyntax.IsToken(Encoding.UTF8.GetBytes(token)))
            {
                check.Error(option, $"\"{token}\" is not a name.", "Use letters, digits and -.");
            }
        }
    }

    private static byte[] Join(IReadOnlyList<string> names) => Encoding.ASCII.GetBytes(string.Join(", ", names));
}
