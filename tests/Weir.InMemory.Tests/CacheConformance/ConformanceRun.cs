using System.Globalization;
using System.Text.RegularExpressions;
using Weir.InMemory.Tests.Caching;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.CacheConformance;

/// <summary>Plays a case: the clients, the origin and the clock.</summary>
internal sealed class ConformanceRun : IDisposable
{
    // The origin may be asked again where it closed: bounded, as retries are.
    private const int MostAsked = 8;

    private readonly CacheBed _bed = new();
    private readonly DateTimeOffset _started;
    private int _answers;
    private string _content = "";
    private Message? _asked;

    public ConformanceRun() => _started = DateTimeOffset.FromUnixTimeMilliseconds(_bed.Proxy.Loop.UnixMs);

    public void Play(string line)
    {
        if (line.StartsWith("wait ", StringComparison.Ordinal))
        {
            _bed.Advance(int.Parse(line[5..], CultureInfo.InvariantCulture));
            return;
        }

        ConformanceStep step = ConformanceStep.Read(Dated(line));
        string[] requestLine = step.Request[0].Split(' ');
        bool isHead = requestLine[0] == "HEAD";
        Peer client = _bed.Client($"client {_answers} {line}");
        string? sent = ConformanceStep.Find(step.Request, "body");
        client.SendHead([
            $"{requestLine[0]} {(requestLine.Length > 1 ? requestLine[1] : "/")} HTTP/1.1", "Host: a.test", .. ConformanceStep.Fields(step.Request),
            .. sent is null ? (string[])[] : [$"Content-Length: {sent.Length}"]]);
        if (sent is not null)
        {
            client.Send(sent);
        }

        string answer = $"body-{++_answers}";
        string content = ConformanceStep.Find(step.Answer, "body") ?? answer;
        int asked = AnswerAll(step, isHead, content);
        for (int i = 0; i < MostAsked && client.Received.Length == 0; i++)
        {
            // A request is sent again after a while.
            _bed.Advance(1);
            asked += AnswerAll(step, isHead, content);
        }

        string told = $"{line}\n{client.Received}";
        bool wasAsked = asked > 0;
        if (step.Arrow != "~>")
        {
            wasAsked.ShouldBe(step.Arrow == "->", told);
        }

        List<int> interims = [];
        Message response = client.TakeResponse(isHead);
        while (response.Status < 200)
        {
            interims.Add(response.Status);
            response = client.TakeResponse(isHead);
        }

        bool isCarried = wasAsked && step.Answer[0] is not ("close" or "204" or "304") && !isHead;
        string expected = isCarried ? content : _content;
        if (isCarried && step.Answer[0] != "503")
        {
            _content = content;
        }

        Check(step, response, interims, wasAsked ? expected : _content, told);
    }

    public void Dispose() => _bed.Dispose();

    private int AnswerAll(ConformanceStep step, bool isHead, string content)
    {
        int asked = 0;
        while (asked < MostAsked
            && _bed.Origin.Connections.FirstOrDefault(peer => !peer.IsClosed && peer.Received.Length > 0) is { } origin)
        {
            _asked = origin.TakeRequest();
            asked++;
            if (step.Arrow == "=" || step.Answer[0] == "close")
            {
                origin.End();
                continue;
            }

            if (ConformanceStep.Find(step.Answer, "interim") is { } interim)
            {
                origin.SendHead($"HTTP/1.1 {interim} Interim", "X-Interim: yes");
            }

            bool isBare = isHead || step.Answer[0] is "204" or "304";
            string[] head = [$"HTTP/1.1 {step.Answer[0]} X", .. ConformanceStep.Fields(step.Answer)];
            if (isBare)
            {
                origin.SendHead(head);
                _bed.Proxy.Run();
            }
            else
            {
                origin.Answer(_bed.Proxy, content, head);
            }
        }

        return asked;
    }

    private void Check(ConformanceStep step, Message response, List<int> interims, string content, string told)
    {
        bool saysStatus = false;
        bool saysContent = response.Status is 204 or 304 or >= 500 || step.Request[0].StartsWith("HEAD", StringComparison.Ordinal);
        foreach (string expectation in step.Expectations)
        {
            saysStatus |= expectation.StartsWith("status ", StringComparison.Ordinal);
            saysContent |= expectation.StartsWith("body ", StringComparison.Ordinal);
            Check(expectation, response, interims, told);
        }

        if (!saysStatus)
        {
            response.Status.ToString(CultureInfo.InvariantCulture).ShouldBe(step.Answer[0], told);
        }

        if (!saysContent && response.Status != 416)
        {
            response.Body.ShouldBe(content, told);
        }
    }

    private void Check(string expectation, Message response, List<int> interims, string told)
    {
        if (expectation.StartsWith("status ", StringComparison.Ordinal))
        {
            Regex.IsMatch(response.Status.ToString(CultureInfo.InvariantCulture), "^" + expectation[7..].Replace("x", ".", StringComparison.Ordinal) + "$")
                .ShouldBeTrue(told);
        }
        else if (expectation.StartsWith("body ", StringComparison.Ordinal))
        {
            response.Body.ShouldBe(expectation[5..], told);
        }
        else if (expectation == "no interim")
        {
            interims.ShouldBeEmpty(told);
        }
        else if (expectation.StartsWith("interim ", StringComparison.Ordinal))
        {
            interims.ShouldContain(int.Parse(expectation[8..], CultureInfo.InvariantCulture), told);
        }
        else if (expectation.StartsWith("asked method ", StringComparison.Ordinal))
        {
            _asked!.StartLine.Split(' ')[0].ShouldBe(expectation[13..], told);
        }
        else if (expectation.StartsWith("asked ", StringComparison.Ordinal))
        {
            CheckField(expectation[6..], _asked!, told);
        }
        else
        {
            CheckField(expectation, response, told);
        }
    }

    private static void CheckField(string expectation, Message message, string told)
    {
        if (expectation.StartsWith("no ", StringComparison.Ordinal))
        {
            message[expectation[3..]].ShouldBeNull(told);
            return;
        }

        int colon = expectation.IndexOf(": ", StringComparison.Ordinal);
        string pattern = "^" + Regex.Escape(expectation[(colon + 2)..]).Replace("\\*", ".*", StringComparison.Ordinal) + "$";
        string value = message[expectation[..colon]] ?? "(none)";
        Regex.IsMatch(value, pattern).ShouldBeTrue($"{expectation[..colon]} is {value}\n{told}");
    }

    // By the clock at the case's beginning: a date that is said twice is the same.
    private string Dated(string line) => Regex.Replace(
        line,
        @"\{(-?\d+)\}",
        match => _started.AddSeconds(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToString("R", CultureInfo.InvariantCulture));
}
