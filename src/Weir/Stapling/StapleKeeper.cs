using Weir.Net.Tls;
using Weir.Telemetry.Events;

namespace Weir.Stapling;

/// <summary>
/// Keeps each certificate's OCSP response new: 1 what was kept on disk  2 ask when it is due  3 verify  4 staple, or say why not. One task
/// works; what is asked for from elsewhere is under one lock.
/// </summary>
internal sealed class StapleKeeper
{
    private const int AtOnce = 4;

    private readonly Lock _lock = new();
    private readonly IOcspResponder _responder;
    private readonly StapleFiles _files;
    private readonly WeirLog _log;
    private readonly TimeProvider _time;
    private Dictionary<TlsCertificate, StapleState> _states = [];

    /// <summary>Keeps staples by asking that responder.</summary>
    public StapleKeeper(IOcspResponder responder, StapleFiles files, WeirLog log, TimeProvider? time = null)
    {
        _responder = responder;
        _files = files;
        _log = log;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Keeps the staples of these certificates from now on; those that are followed already go on. Any thread.</summary>
    public void Follow(IEnumerable<TlsCertificate> certificates)
    {
        lock (_lock)
        {
            Dictionary<TlsCertificate, StapleState> states = [];
            foreach (TlsCertificate certificate in certificates.Where(one => one.Responders.Count > 0 && one.HasIssuer))
            {
                if (!states.ContainsKey(certificate))
                {
                    states.Add(certificate, _states.GetValueOrDefault(certificate) ?? Begin(certificate));
                }
            }

            foreach (TlsCertificate gone in _states.Keys.Where(one => !states.ContainsKey(one)))
            {
                gone.Staple.Response = null;
            }

            _states = states;
        }
    }

    /// <summary>Keeps the staple of one more certificate, until others are followed. Any thread.</summary>
    public void FollowAlso(TlsCertificate certificate)
    {
        lock (_lock)
        {
            if (certificate.Responders.Count > 0 && certificate.HasIssuer && !_states.ContainsKey(certificate))
            {
                _states.Add(certificate, Begin(certificate));
            }
        }
    }

    /// <summary>What is known of a certificate's staple; null: it has none to keep. Any thread.</summary>
    public StapleReport? ReportOf(TlsCertificate certificate)
    {
        lock (_lock)
        {
            return _states.TryGetValue(certificate, out StapleState? state)
                ? new StapleReport(
                    state.Answer?.Status, certificate.Staple.Response is not null, state.Answer?.ThisUpdate, state.Answer?.NextUpdate, state.DueAt,
                    state.Problem)
                : null;
        }
    }

    /// <summary>Takes away what is no longer good, and asks for what is due. One call at a time.</summary>
    public async Task LookAsync(CancellationToken ending)
    {
        DateTimeOffset now = _time.GetUtcNow();
        List<StapleState> due;
        lock (_lock)
        {
            foreach (StapleState state in _states.Values)
            {
                if (state.Answer is { } answer && StapleSchedule.ProblemOf(answer, now) is not null)
                {
                    state.Certificate.Staple.Response = null;
                }
            }

            due = [.. _states.Values.Where(state => state.DueAt <= now).OrderBy(state => state.DueAt).Take(AtOnce)];
        }

        await Task.WhenAll(due.Select(state => AskAsync(state, ending)));
    }

    private StapleState Begin(TlsCertificate certificate)
    {
        StapleState state = new(certificate) { DueAt = _time.GetUtcNow() };
        if (_files.Read(certificate) is { } kept)
        {
            OcspAnswer answer = Ocsp.Read(certificate, kept);
            if (answer.Status == OcspStatus.Good && StapleSchedule.ProblemOf(answer, state.DueAt) is null)
            {
                certificate.Staple.Response = kept;
                state.Answer = answer;
                state.DueAt = Later(StapleSchedule.Refresh(answer, state.DueAt));
            }
        }

        return state;
    }

    private async Task AskAsync(StapleState state, CancellationToken ending)
    {
        (byte[]? response, string problem) = await _responder.AskAsync(state.Certificate, ending);
        OcspAnswer answer = response is null ? OcspAnswer.Unusable(problem) : Ocsp.Read(state.Certificate, response);
        DateTimeOffset now = _time.GetUtcNow();
        if (StapleSchedule.ProblemOf(answer, now) is { } reason)
        {
            Fail(state, reason);
            return;
        }

        Take(state, answer, response!, now);
    }

    private void Take(StapleState state, OcspAnswer answer, byte[] response, DateTimeOffset now)
    {
        bool isGood = answer.Status == OcspStatus.Good;
        lock (_lock)
        {
            state.Answer = answer;
            state.Failures = 0;
            state.Problem = null;
            state.DueAt = Later(StapleSchedule.Refresh(answer, now));
            state.Certificate.Staple.Response = isGood && _states.ContainsKey(state.Certificate) ? response : null;
        }

        if (!isGood)
        {
            _log.Write(OperatorEvents.StapleRefused, NamesOf(state.Certificate), answer.Status == OcspStatus.Revoked ? "revoked" : "unknown to its issuer");
            return;
        }

        state.IsDemandTold = false;
        _files.Write(state.Certificate, response);
    }

    private void Fail(StapleState state, string reason)
    {
        TimeSpan wait;
        lock (_lock)
        {
            state.Failures++;
            state.Problem = reason;
            wait = StapleSchedule.Retry(state.Failures);
            state.DueAt = Later(wait);
        }

        _log.Write(OperatorEvents.StapleMissing, NamesOf(state.Certificate), reason, (long)wait.TotalMinutes);
        if (state.Certificate.MustStaple && state.Certificate.Staple.Response is null && !state.IsDemandTold)
        {
            state.IsDemandTold = true;
            _log.Write(OperatorEvents.StapleDemanded, NamesOf(state.Certificate));
        }
    }

    // Not all at the same second: a tenth more, by chance.
    private DateTimeOffset Later(TimeSpan wait) => _time.GetUtcNow() + wait + (wait * (Random.Shared.NextDouble() / 10));

    private static string NamesOf(TlsCertificate certificate) =>
        certificate.Names.Count > 0 ? string.Join(", ", certificate.Names.Take(3)) : certificate.Subject;
}
