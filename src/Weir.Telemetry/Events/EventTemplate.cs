namespace Weir.Telemetry.Events;

/// <summary>A message template cut at its placeholders: Literals[0] Names[0] Literals[1] … ; one literal more than names.</summary>
internal sealed class EventTemplate
{
    private EventTemplate(string[] literals, string[] names)
    {
        Literals = literals;
        Names = names;
    }

    internal string[] Literals { get; }

    internal string[] Names { get; }

    internal static EventTemplate Split(string template)
    {
        List<string> literals = [];
        List<string> names = [];
        int at = 0;
        while (template.IndexOf('{', at) is var open and >= 0)
        {
            int close = template.IndexOf('}', open);
            if (close < 0)
            {
                throw new ArgumentException($"The template '{template}' has a brace that nothing closes.", nameof(template));
            }

            literals.Add(template[at..open]);
            names.Add(template[(open + 1)..close]);
            at = close + 1;
        }

        literals.Add(template[at..]);
        return new EventTemplate([.. literals], [.. names]);
    }
}
