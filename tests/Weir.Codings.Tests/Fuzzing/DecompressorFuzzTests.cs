using Weir.Codings.Decompression;
using Weir.Codings.Tests.Streaming;
using Weir.Testing;

namespace Weir.Codings.Tests.Fuzzing;

/// <summary>
/// Broken content: refused or read, in pieces as whole, and never more than the bounds. WEIR_FUZZ_SECONDS and WEIR_FUZZ_SEED as elsewhere.
/// </summary>
public sealed class DecompressorFuzzTests
{
    private const int MostOctets = 200_000;

    private readonly ITestOutputHelper _output;

    public DecompressorFuzzTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData(ContentCoding.Gzip)]
    [InlineData(ContentCoding.Deflate)]
    [InlineData(ContentCoding.Brotli)]
    [InlineData(ContentCoding.Zstd)]
    public void Pieces_are_judged_as_the_whole_is(ContentCoding coding)
    {
        byte[][] sound = [.. new[] { 0, 1, 50, 3000, 40_000 }.Select(octets => DecompressorTests.Pack(coding, Filters.Text(octets)))];
        Random random = new(FuzzRun.Seed(_output));
        FuzzRun.Repeat(400, () =>
        {
            byte[] input = [.. sound[random.Next(sound.Length)]];
            for (int changes = random.Next(4); changes > 0 && input.Length > 0; changes--)
            {
                int at = random.Next(input.Length);
                input = random.Next(3) switch
                {
                    0 => input[..at],
                    1 => [.. input[..at], .. sound[random.Next(sound.Length)]],
                    _ => Changed(input, at, (byte)random.Next(256)),
                };
            }

            byte[]? whole = Inflate(coding, input, int.MaxValue, 1 << 20);
            byte[]? pieces = Inflate(coding, input, 1 + random.Next(300), 1 + random.Next(3000));
            string shown = $"input {Convert.ToHexString(input)}";
            (pieces is null).ShouldBe(whole is null, shown);
            (whole?.Length ?? 0).ShouldBeLessThanOrEqualTo(MostOctets, shown);
            if (whole is not null)
            {
                pieces.ShouldBe(whole, shown);
            }
        });
    }

    private static byte[] Changed(byte[] input, int at, byte value)
    {
        input[at] = value;
        return input;
    }

    private static byte[]? Inflate(ContentCoding coding, byte[] input, int piece, int room)
    {
        using Decompressor filter = Decompressor.Make(coding, Filters.Bounds(mostOctets: MostOctets));
        return Filters.Run(filter, input, piece, room);
    }
}
