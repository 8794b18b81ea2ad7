using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Respond;

/// <summary>Makes `respond`.</summary>
public sealed class RespondFactory : ModuleFactory<RespondOptions>
{
    /// <inheritdoc/>
    public override string Name => "respond";

    /// <inheritdoc/>
    public override string Summary => "Answers by itself with a fixed status and content.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
        [new(OrderRelation.Below, "access", "An answer above access also goes to clients that access refuses.") { IsDangerous = true }];

    /// <inheritdoc/>
    protected override bool AnswersAlways(RespondOptions options) => true;

    /// <inheritdoc/>
    protected override IModule? Create(RespondOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        if (options.Status is < 200 or > 599)
        {
            check.Error("status", $"{options.Status} is not a final status code.", "Use 200 to 599.");
        }

        if (options is { Body: not null, BodyFile: not null })
        {
            check.Error("body_file", "body and body_file are both given.", "Keep one of them.");
        }

        byte[] content = options.BodyFile is { } file
            ? ContentFile.Read(check, "body_file", file)
            : Encoding.UTF8.GetBytes(options.Body ?? "");
        CheckContent(check, options);
        FieldTemplate[] fields = FieldTemplate.ParseAll(check, "headers", options.Headers);
        byte[] contentType = content.Length == 0 ? [] : FindContentType(check, options);
        if (check.HasErrors)
        {
            return null;
        }

        return new RespondModule(options.Status, contentType, content.Length == 0 ? null : new PinnedBody(content), fields);
    }

    private static void CheckContent(CheckedBuilder check, RespondOptions options)
    {
        bool hasContent = options.Body is not null || options.BodyFile is not null;

        // RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5.
        if (hasContent && options.Status is 204 or 205 or 304)
        {
            check.Error(
                options.Body is null ? "body_file" : "body",
                $"A {options.Status} response has no content.",
                "Remove it, or use another status.");
        }

        if (!hasContent && options.ContentType is not null)
        {
            check.Error("content_type", "There is no content to have a type.", "Add body or body_file, or remove it.");
        }
    }

    private static byte[] FindContentType(CheckedBuilder check, RespondOptions options)
    {
        string text = options.ContentType ?? (options.BodyFile is { } file ? MediaTypes.Of(file) : MediaTypes.Text);
        byte[] octets = Encoding.UTF8.GetBytes(text.Trim());
        if (octets.Length == 0 || !FieldSyntax.IsValue(octets) || !octets.Contains((byte)'/'))
        {
            check.Error(
                "content_type",
                $"\"{text}\" is not a media type.",
                "Write type/subtype, perhaps with parameters: text/html; charset=utf-8.");
        }

        return octets;
    }
}
