using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Matrix;

/// <summary>Gathers the frames of one stream.</summary>
internal sealed class Http2Heard
{
    private readonly int _stream;
    private readonly bool _isRequest;
    private bool _hasHead;

    public Http2Heard(int stream, bool isRequest)
    {
        _stream = stream;
        _isRequest = isRequest;
    }

    public Heard Heard { get; } = new();

    public void Take(IEnumerable<Http2Frame> frames)
    {
        foreach (Http2Frame frame in frames)
        {
            Heard.IsCut |= frame.Type == FrameType.GoAway && frame.Code != Http2ErrorCode.NoError;
            if (frame.Stream != _stream)
            {
                continue;
            }

            if (frame.Type == FrameType.Headers)
            {
                TakeFields(frame.Fields.Split('\n'));
            }
            else if (frame.Type == FrameType.Data)
            {
                Heard.Content += frame.Text;
            }

            Heard.IsReset |= frame.Type == FrameType.RstStream;
            Heard.IsCut |= frame.Type == FrameType.RstStream && !Heard.IsWhole;
            Heard.IsWhole |= frame.EndsStream;
        }
    }

    private void TakeFields(string[] lines)
    {
        if (_hasHead)
        {
            Heard.Trailers.AddRange(lines);
            return;
        }

        string? status = Pseudo(lines, "status");
        Heard.Heads.Add(_isRequest ? $"{Pseudo(lines, "method")} {Pseudo(lines, "path")}" : status!);
        Heard.Fields.Clear();
        Heard.Fields.AddRange(lines.Where(line => line[0] != ':' || line.StartsWith(":protocol", StringComparison.Ordinal)));
        _hasHead = _isRequest || status![0] != '1';
    }

    private static string? Pseudo(string[] lines, string name) =>
        lines.Where(line => line.StartsWith($":{name}: ", StringComparison.Ordinal)).Select(line => line[(name.Length + 3)..]).FirstOrDefault();
}
