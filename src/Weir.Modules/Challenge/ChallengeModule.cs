// Hot: runs for each request that passes the stack.
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Modules.Remembering;

namespace Weir.Modules.Challenge;

/// <summary>
/// Asks the suspicious for a proof. 1 the script of our page asks for a puzzle, or shows an answer  2 a pass is taken out of the
/// request  3 who is not suspicious, or has a pass that is enough, goes on  4 so do bots that are known  5 who has waited gets a pass
/// 6 everyone else gets the page, or a refusal where a page would be no answer.
/// </summary>
internal sealed class ChallengeModule : IRequestModule, IDisposable
{
    private const string Name = "challenge";

    // Of all modules, so that a stamp that one has seen is spent for another that lets it live longer.
    private const long LongestPuzzleSeconds = 3600 + 60;

    private readonly Suspicion _suspicion;
    private readonly Stamps _stamps;
    private readonly PassCookies _cookies;
    private readonly ChallengeCounters _counters;

    public ChallengeModule(Suspicion suspicion, Stamps stamps, PassCookies cookies, ChallengeCounters counters)
    {
        _suspicion = suspicion;
        _stamps = stamps;
        _cookies = cookies;
        _counters = counters;
    }

    /// <summary>The pages, by difficulty.</summary>
    public required (int Bits, ChallengePage Page)[] Pages { get; init; }

    /// <summary>Puzzles that were solved.</summary>
    public required SpentIds Solved { get; init; }

    /// <summary>How long a puzzle may be worked on, in seconds.</summary>
    public required long SolveSeconds { get; init; }

    public required int Status { get; init; }

    /// <summary>The way for visitors without JavaScript; null: there is none.</summary>
    public NoScript? NoScript { get; init; }

    /// <summary>Bots that may pass.</summary>
    public IBotCheck[] Bots { get; init; } = [];

    public bool IsDryRun { get; init; }

    /// <summary>What ends with the module.</summary>
    public IReadOnlyList<IDisposable> Held { get; init; } = [];

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        int answer = exchange.Request.Fields.Find("Weir-Challenge"u8);
        if (answer >= 0 && !IsDryRun && !exchange.IsHypothetical && Hear(exchange, exchange.Request.Fields.ValueAt(answer)))
        {
            return new(Verdict.Answered);
        }

        ProvenWork proven = _cookies.TakePass(exchange);
        int bits = _suspicion.Judge(exchange, out string why);
        if (bits == 0)
        {
            return new(Verdict.Continue);
        }

        // Who only waited has done no work, which is not enough for who is more suspicious than most.
        if (_cookies.IsEnough(exchange, proven, bits, NoScript is not null && bits <= _suspicion.Bits))
        {
            exchange.Trace?.Add(Name, $"would be challenged by {why}, and has a pass");
            return new(Verdict.Continue);
        }

        foreach (IBotCheck bot in Bots)
        {
            if (bot.Claims(exchange))
            {
                return CheckBotsAsync(exchange, bits, why);
            }
        }

        return new(Challenge(exchange, bits, why));
    }

    /// <summary>Lets go of what it watches.</summary>
    public void Dispose()
    {
        foreach (IDisposable held in Held)
        {
            held.Dispose();
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> CheckBotsAsync(Exchange exchange, int bits, string why)
    {
        foreach (IBotCheck bot in Bots)
        {
            if (bot.Claims(exchange) && await bot.CheckAsync(exchange) is { } passes)
            {
                exchange.Trace?.Add(Name, $"would be challenged by {why}, and passes: {passes}");
                Count(exchange, _counters.Bots);
                return Verdict.Continue;
            }
        }

        return Challenge(exchange, bits, why);
    }

    private Verdict Challenge(Exchange exchange, int bits, string why)
    {
        if (IsDryRun)
        {
            exchange.Trace?.Add(Name, $"would be challenged by {why}: counted");
            Count(exchange, _counters.DryRuns);
            return Verdict.Continue;
        }

        exchange.Trace?.Add(Name, $"challenged by {why}, with {bits} bits");
        exchange.ErrorDetail = $"challenge: {why}";
        bool isForPage = RequestWish.IsForPage(exchange.Request);
        if (!isForPage || !RequestWish.IsRepeatable(exchange.Request))
        {
            Count(exchange, _counters.Refusals);
            return Refuse(exchange, isForPage);
        }

        bool mayWait = NoScript is not null && bits <= _suspicion.Bits && !exchange.IsHypothetical;
        bool isWaiting = _cookies.TryReadWait(exchange, out Stamp wait) && !(mayWait && NoScript!.IsOver(exchange, wait));
        if (mayWait && !isWaiting && wait.IssuedAt > 0 && NoScript!.TryPass(exchange, wait, wait.IssuedAt + LongestPuzzleSeconds))
        {
            _counters.Waited.Add();
            ShortPages.AnswerPassed(exchange, Status);
            _cookies.GivePass(exchange, 0);
            PassCookies.EndWait(exchange);
            return Verdict.Answered;
        }

        Count(exchange, _counters.Pages);
        PageOf(bits).Answer(exchange, Status);
        if (mayWait && !isWaiting)
        {
            _cookies.BeginWait(exchange);
        }

        return Verdict.Answered;
    }

    private Verdict Refuse(Exchange exchange, bool isForPage)
    {
        if (isForPage)
        {
            ShortPages.AnswerNotSent(exchange, Status);
            return Verdict.Answered;
        }

        exchange.Error = ProxyErrors.Challenged;
        exchange.ErrorStatus = Status;
        return Verdict.Answered;
    }

    /// <summary>
    /// The page's script asks for a puzzle of a difficulty, or shows the answer to one. False where that is none of ours: a module
    /// below may know it, and else it is a request like any other.
    /// </summary>
    private bool Hear(Exchange exchange, ReadOnlySpan<byte> words)
    {
        if (Utf8Parser.TryParse(words, out int wanted, out int length) && length == words.Length)
        {
            return wanted <= Pages[^1].Bits && GivePuzzle(exchange, Math.Max(wanted, _suspicion.Bits));
        }

        // The seal first: only who was given this puzzle makes us compute, and look into the table.
        if (Puzzle.TryPart(words, out ReadOnlySpan<byte> text)
            && _stamps.TryRead(exchange, StampKind.Puzzle, text, SolveSeconds, out Stamp stamp)
            && Puzzle.IsSolved(words, stamp.Bits)
            && Solved.TrySpend(stamp.Id, exchange.Loop.UnixMs / 1000, stamp.IssuedAt + LongestPuzzleSeconds))
        {
            _counters.Solved.Add();
            exchange.Trace?.Add(Name, $"a puzzle of {stamp.Bits} bits is solved");
            exchange.Answer(204);
            exchange.Response.Fields.Add(KnownField.CacheControl, "no-store"u8);
            _cookies.GivePass(exchange, stamp.Bits);
            PassCookies.EndWait(exchange);
            return true;
        }

        _counters.Failed.Add();
        return false;
    }

    private bool GivePuzzle(Exchange exchange, int bits)
    {
        byte[] value = new byte[Stamps.TextOctets + 3];
        _stamps.Write(exchange, StampKind.Puzzle, bits, value);
        Encoding.ASCII.GetBytes($";{bits:00}").CopyTo(value, Stamps.TextOctets);
        exchange.Answer(204);
        exchange.Response.Fields.Add(KnownField.CacheControl, "no-store"u8);
        exchange.Response.Fields.Add("Weir-Challenge"u8, value);
        return true;
    }

    private ChallengePage PageOf(int bits)
    {
        foreach ((int difficulty, ChallengePage page) in Pages)
        {
            if (difficulty >= bits)
            {
                return page;
            }
        }

        return Pages[^1].Page;
    }

    private static void Count(Exchange exchange, ModuleCounter counter)
    {
        if (!exchange.IsHypothetical)
        {
            counter.Add();
        }
    }
}
