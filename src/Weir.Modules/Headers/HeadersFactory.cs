using Weir.Abstractions.Modules;
using Weir.Abstractions.Templates;

namespace Weir.Modules.Headers;

/// <summary>Makes `headers`.</summary>
public sealed class HeadersFactory : ModuleFactory<HeadersOptions>
{
    /// <inheritdoc/>
    public override string Name => "headers";

    /// <inheritdoc/>
    public override string Summary => "Sets, adds, renames and removes the header fields of requests and responses.";

    /// <inheritdoc/>
    protected override IModule? Create(HeadersOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        RequestFieldsOptions wanted = options.Request;
        ResponseFieldsOptions requestFields = new() { Remove = wanted.Remove, Rename = wanted.Rename, Set = wanted.Set, Add = wanted.Add };
        Template? host = ParseHost(check, wanted.Host);
        FieldOperations request = FieldOperations.Parse(check, "request", requestFields);
        FieldOperations response = FieldOperations.Parse(check, "response", options.Response);
        CheckMoment(check, request);
        bool hasRequest = host is not null || !request.IsEmpty;
        if (!hasRequest && response.IsEmpty && !check.HasErrors)
        {
            check.Error("", "headers has nothing to do.", "Name an operation: request: { set: { X-Name: value } }.");
        }

        if (check.HasErrors)
        {
            return null;
        }

        return (hasRequest, response.IsEmpty) switch
        {
            (true, false) => new HeadersModule(new RequestHeadersModule(host, request), new ResponseHeadersModule(response)),
            (true, true) => new RequestHeadersModule(host, request),
            _ => new ResponseHeadersModule(response),
        };
    }

    private static Template? ParseHost(CheckedBuilder check, string? text)
    {
        const string Option = "request.host";
        if (text is null)
        {
            return null;
        }

        Template? host = check.ParseTemplate(Option, text.ToLowerInvariant(), TemplateContext.Authority);
        if (host is { IsConstant: true } && !Uri.TryCreate($"http://{text}/", UriKind.Absolute, out _))
        {
            check.Error(Option, $"\"{text}\" is not a host.", "Write host or host:port.");
        }

        return host;
    }

    private static void CheckMoment(CheckedBuilder check, FieldOperations request)
    {
        foreach (FieldTemplate field in request.Templates)
        {
            if (field.Value.Mentions(TemplateValue.Status))
            {
                check.Error(
                    "request",
                    $"{{status}} in \"{field.Value.Text}\" is not known before there is a response.",
                    "Use it under response.");
            }
        }
    }
}
