using System.Globalization;
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Tests.Hpack;
using Weir.Testing;

namespace Weir.Http.Tests.Fuzzing;

/// <summary>
/// The decoder against the slow one, and the encoder against the decoder. Bounded; WEIR_FUZZ_SECONDS and WEIR_FUZZ_SEED as elsewhere.
/// </summary>
public sealed class HpackFuzzTests
{
    private const int DefaultRounds = 1500;
    private const int BlocksEach = 6;

    private static readonly string[] _blocks =
    [
        "828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
        "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", "203fe11f82", "3f4582", "400161016241016341016482",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
    ];

    private readonly ITestOutputHelper _output;

    public HpackFuzzTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Blocks_are_decoded_as_the_reference_decodes_them() => Run(random =>
    {
        int size = random.Next(4) switch { 0 => 0, 1 => 100, 2 => 300, _ => 4096 };
        HpackDecoder decoder = new(size);
        ReferenceHpack reference = new(size);
        for (int i = 0; i < BlocksEach; i++)
        {
            byte[] block = Mutate(random);
            (HpackStatus status, string lines) = TakenFields.Decode(decoder, block);
            string? expected = reference.Decode(block);
            string? decoded = status == HpackStatus.Done ? lines : null;
            decoded.ShouldBe(expected, $"block {Convert.ToHexString(block)}, status {status}");
            if (expected is null)
            {
                return;
            }
        }
    });

    [Fact]
    public void Compressed_strings_come_back_as_they_were() => Run(random =>
    {
        byte[] text = new byte[random.Next(200)];
        random.NextBytes(text);
        if (random.Next(2) == 0)
        {
            text = [.. text.Select(octet => (byte)(32 + (octet % 95)))];
        }

        byte[] compressed = new byte[HuffmanEncoder.CountOctets(text)];
        HuffmanEncoder.Encode(text, compressed).ShouldBe(compressed.Length);
        byte[] again = new byte[HuffmanDecoder.MostOctets(compressed.Length) + 1];
        int length = HuffmanDecoder.Decode(compressed, again);
        length.ShouldBe(text.Length);
        again[..length].ShouldBe(text);
    });

    [Fact]
    public void What_the_encoder_writes_both_decoders_read() => Run(random =>
    {
        HpackEncoder encoder = new();
        HpackDecoder decoder = new();
        ReferenceHpack reference = new();
        byte[] target = new byte[64 * 1024];
        for (int i = 0; i < BlocksEach * 4; i++)
        {
            if (random.Next(5) == 0)
            {
                encoder.SetAllowedSize(random.Next(3) * random.Next(3000));
            }

            int at = encoder.WriteStatus(target, encoder.BeginBlock(target, 0), 200 + random.Next(5));
            StringBuilder expected = new();
            for (int field = random.Next(12); field >= 0; field--)
            {
                KnownField known = (KnownField)random.Next((int)KnownField.Count);
                string name = known == KnownField.Other
                    ? "X-" + random.Next(6).ToString(CultureInfo.InvariantCulture)
                    : KnownFields.Name(known);
                string value = new('v', random.Next(3) * random.Next(40));
                at = encoder.WriteField(target, at, known, Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
                expected.Append('\n').Append(name.ToLowerInvariant()).Append(": ").Append(value);
            }

            (HpackStatus status, string lines) = TakenFields.Decode(decoder, target[..at]);
            status.ShouldBe(HpackStatus.Done);
            lines.ShouldEndWith(expected.ToString());
            reference.Decode(target[..at]).ShouldBe(lines);
            decoder.TableSize.ShouldBe(encoder.TableSize);
        }
    });

    private static byte[] Mutate(Random random)
    {
        List<byte> block = [.. Convert.FromHexString(_blocks[random.Next(_blocks.Length)])];
        for (int changes = random.Next(4); changes > 0; changes--)
        {
            int at = random.Next(block.Count + 1);
            switch (random.Next(4))
            {
                case 0:
                    block.InsertRange(at, Convert.FromHexString(_blocks[random.Next(_blocks.Length)]));
                    break;
                case 1:
                    block.RemoveRange(at, Math.Min(random.Next(4), block.Count - at));
                    break;
                case 2 when at < block.Count:
                    block[at] = (byte)random.Next(256);
                    break;
                default:
                    block.Insert(at, (byte)(random.Next(2) == 0 ? 0xBE + random.Next(8) : random.Next(256)));
                    break;
            }
        }

        return [.. block];
    }

    private void Run(Action<Random> round)
    {
        Random random = new(FuzzRun.Seed(_output));
        FuzzRun.Repeat(DefaultRounds, () => round(random));
    }
}
