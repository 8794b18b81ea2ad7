using System.Text;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Cloak;

/// <summary>Makes `cloak`.</summary>
public sealed class CloakFactory : ModuleFactory<CloakOptions>
{
    private const string Off = "off";
    private const int LeastProofOctets = 16;
    private const int MostProofOctets = 1024;

    /// <inheritdoc/>
    public override string Name => "cloak";

    /// <inheritdoc/>
    public override string Summary => "Keeps from clients what origins tell of themselves.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
    [
        new(OrderRelation.Below, "cache", "Above the cache it does not know which server an answer of the cache came from: that server's name must stand in internal."),
        new(OrderRelation.Below, "compress", "Above compress, content is compressed already and cannot be searched for internal names."),
        new(OrderRelation.Above, "respond", "An answer above cloak goes out as it is."),
    ];

    /// <inheritdoc/>
    protected override IModule? Create(CloakOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        if (options.Server.Length == 0 || !FieldSyntax.IsValue(Encoding.UTF8.GetBytes(options.Server)))
        {
            check.Error("server", $"\"{options.Server}\" is no value of a field.", "Write a word, or off to take the field away.");
        }

        foreach (string kept in options.Keep.Where(kept => !TellingFields.All.Contains(kept, StringComparer.OrdinalIgnoreCase)))
        {
            check.Error(
                "keep", $"\"{kept}\" is not among the fields that are taken away.", "Remove it, or spell it as the README of cloak does.");
        }

        FieldRemoval hidden = FieldRemoval.Parse(
            check, "hide", [.. options.Hide, .. TellingFields.All.Where(name => !options.Keep.Contains(name, StringComparer.OrdinalIgnoreCase))]);
        InternalNames? names = InternalNames.Parse(check, "internal", options.Internal);
        byte[] proof = options.Proof is { } wanted ? ReadProof(check, wanted) : [];
        if (check.HasErrors)
        {
            return null;
        }

        byte[] server = options.Server == Off ? [] : Encoding.UTF8.GetBytes(options.Server);
        byte[] proofName = options.Proof is { } field ? Encoding.ASCII.GetBytes(field.Header) : [];
        return new CloakModule(hidden, names!, server, proofName, proof, options, builder.ReserveSlot());
    }

    private static byte[] ReadProof(CheckedBuilder check, CloakProofOptions options)
    {
        if (!FieldNames.Check(check, "proof.header", options.Header))
        {
            return [];
        }

        // The value itself is never part of a message.
        byte[] proof = [.. ContentFile.Read(check, "proof.file", options.File).AsSpan().TrimEnd("\r\n"u8)];
        bool isVisible = proof.AsSpan().IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;
        if (!check.HasErrors && (proof.Length is < LeastProofOctets or > MostProofOctets || !isVisible))
        {
            check.Error(
                "proof.file",
                $"\"{options.File}\" does not hold one line of {LeastProofOctets} to {MostProofOctets} visible characters.",
                "Write one, as with: openssl rand -hex 32 > FILE");
        }

        return proof;
    }
}
