using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;
using Weir.Http.Tests.Http1;
using Weir.Testing;

namespace Weir.Http.Tests.Fuzzing;

/// <summary>
/// Mutated inputs against the reference parsers, the parsers against themselves in pieces, and what is written against what was
/// read. Bounded by default; WEIR_FUZZ_SECONDS runs each kind for so long. The seed is printed and WEIR_FUZZ_SEED repeats it.
/// </summary>
public sealed class FuzzTests
{
    private const int DefaultInputs = 6000;

    private readonly ITestOutputHelper _output;
    private long _soundInputs;

    public FuzzTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Requests_are_judged_as_the_reference_judges_them() => Run("requests", CheckRequest);

    [Fact]
    public void Responses_are_judged_as_the_reference_judges_them() => Run("responses", CheckResponse);

    [Fact]
    public void Chunked_bodies_are_judged_as_the_reference_judges_them() => Run("chunked", CheckChunks);

    [Fact]
    public void Trailers_are_judged_as_the_reference_judges_them() => Run("trailers", CheckChunks);

    private void Run(string kind, Func<byte[], Mutator, string?> check)
    {
        int seed = FuzzRun.Seed(_output);
        byte[][] corpus = CorpusFiles.Read(kind);
        Mutator mutator = new(seed, corpus);
        foreach (byte[] input in corpus)
        {
            Judge(input);
        }

        long count = FuzzRun.Repeat(DefaultInputs, () => Judge(mutator.NextInput()));

        // Mutations that leave nothing sound would compare nothing but refusals.
        _output.WriteLine($"{count} inputs, {_soundInputs} sound");
        _soundInputs.ShouldBeGreaterThan(count / 50);

        void Judge(byte[] input) => FuzzRun.Judge(seed, Encoding.Latin1.GetString(input), () => check(input, mutator));
    }

    private string? CheckRequest(byte[] input, Mutator mutator)
    {
        ParsedRequest whole = ParsedRequest.Whole(input, HeadLimits.Default);
        string digest = whole.Digest;
        _soundInputs += whole.Status == ParseStatus.Complete ? 1 : 0;
        string pieces = ParsedRequest.InTwo(input, HeadLimits.Default, mutator.Next(input.Length + 1)).Digest;
        if (pieces != digest)
        {
            return $"whole: {digest}\nin pieces: {pieces}";
        }

        string reference = ReferenceRequest.Parse(Encoding.Latin1.GetString(input));
        string verdict = whole.Status == ParseStatus.Complete ? digest : whole.Status.ToString();
        if (verdict != reference)
        {
            return $"parser: {digest}\nreference: {reference}";
        }

        return whole.Status == ParseStatus.Complete ? CheckRoundTrip(whole) : null;
    }

    // What an origin gets must mean to it what it meant to us.
    private static string? CheckRoundTrip(ParsedRequest first)
    {
        RequestWriteOptions options = new() { BodyLength = first.Head.BodyLength, KeepUpgrade = first.Framing.HasUpgrade, Close = !first.Framing.IsPersistent };
        byte[] written = new byte[RequestHeadWriter.MaxOctets(first.Head)];
        int length = RequestHeadWriter.Write(first.Head, options, written);
        if (first.Head.Authority.IsEmpty)
        {
            return length > 0 ? null : "not written";
        }

        ParsedRequest again = ParsedRequest.Whole(written.AsSpan(0, length), HeadLimits.Default);
        bool isSame = again.Status == ParseStatus.Complete && again.Consumed == length && again.Head.Path.SequenceEqual(first.Head.Path)
            && again.Head.Query.SequenceEqual(first.Head.Query) && again.Head.Authority.SequenceEqual(first.Head.Authority)
            && again.Head.BodyLength == first.Head.BodyLength && again.Framing.IsPersistent == first.Framing.IsPersistent;
        return isSame
            ? null
            : $"read: {first.Digest}\nwritten: {Encoding.Latin1.GetString(written, 0, length)}\nread again: {again.Digest}";
    }

    private string? CheckResponse(byte[] input, Mutator mutator)
    {
        RequestMethod method = (RequestMethod)mutator.Next(7);
        ParsedResponse whole = ParsedResponse.Whole(input, method, HeadLimits.Default);
        string digest = whole.Digest;
        _soundInputs += whole.Status == ParseStatus.Complete ? 1 : 0;
        string pieces = ParsedResponse.InTwo(input, method, HeadLimits.Default, mutator.Next(input.Length + 1)).Digest;
        if (pieces != digest)
        {
            return $"whole: {digest}\nin pieces: {pieces}";
        }

        string reference = ReferenceResponse.Parse(Encoding.Latin1.GetString(input), method);
        string verdict = whole.Status == ParseStatus.Complete ? digest : whole.Status.ToString();
        return verdict == reference ? null : $"method {method}\nparser: {digest}\nreference: {reference}";
    }

    private string? CheckChunks(byte[] input, Mutator mutator)
    {
        DecodedBody whole = DecodedBody.Whole(input, ChunkLimits.Default);
        _soundInputs += whole.Status == ChunkStatus.End ? 1 : 0;
        DecodedBody pieces = DecodedBody.InPieces(input, ChunkLimits.Default, 1 + mutator.Next(7));
        if (pieces != whole)
        {
            return $"whole: {whole}\nin pieces: {pieces}";
        }

        // The decoder judges octets, the reference whole lines, so the decoder may refuse what to the reference is unfinished; limits
        // are the decoder's alone.
        string reference = ReferenceChunks.Decode(Encoding.Latin1.GetString(input));
        bool isLimit = whole.Reason is RejectReason.ChunkExtensionsTooLarge or RejectReason.TrailerTooLarge or RejectReason.TooManyTrailerFields;
        bool agrees = isLimit || (whole.Status switch
        {
            ChunkStatus.End => reference == $"End {whole.Consumed} {whole.Content} {whole.Trailers}",
            ChunkStatus.Rejected => reference is ReferenceFields.Rejected or ReferenceFields.NeedMore,
            _ => reference == ReferenceFields.NeedMore,
        });
        return agrees ? null : $"decoder: {whole}\nreference: {reference}";
    }
}
