using System.Text;
using Weir.Http.Hpack;

namespace Weir.Http.Tests.Hpack;

/// <summary>Takes fields as text.</summary>
internal sealed class TakenFields : FieldTarget
{
    public List<string> Lines { get; } = [];

    public List<FieldFaults> Faults { get; } = [];

    public override void Take(in HpackField field)
    {
        Encoding.Latin1.GetString(field.Line).ShouldBe(
            $"{Encoding.Latin1.GetString(field.Name)}: {Encoding.Latin1.GetString(field.Value)}\r\n");
        Lines.Add($"{Encoding.Latin1.GetString(field.Name)}: {Encoding.Latin1.GetString(field.Value)}");
        Faults.Add(field.Faults);
    }

    /// <summary>Decodes a block: its lines, or what was wrong.</summary>
    public static (HpackStatus Status, string Lines) Decode(HpackDecoder decoder, byte[] block)
    {
        TakenFields taken = new();
        HpackStatus status = decoder.Decode(block, new byte[HpackDecoder.ScratchOctets(Math.Max(block.Length, 64))], taken);
        return (status, string.Join("\n", taken.Lines));
    }
}
