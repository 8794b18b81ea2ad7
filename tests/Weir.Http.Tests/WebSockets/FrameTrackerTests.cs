using System.Buffers.Binary;
using Weir.Http.WebSockets;

namespace Weir.Http.Tests.WebSockets;

/// <summary>Boundaries of frames, wherever the octets are cut (RFC 6455 section 5.2).</summary>
public sealed class FrameTrackerTests
{
    private static readonly int[] _lengths = [0, 1, 2, 5, 125, 126, 127, 300, 65535, 65536, 70000];

    private readonly ITestOutputHelper _output;

    public FrameTrackerTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Every_cut_of_small_frames_gives_the_same_boundaries()
    {
        byte[] octets = [.. Frame(1, 3, true), .. Frame(9, 0, false), .. Frame(2, 126, true), .. Frame(0, 0, true), .. Frame(8, 2, false), .. Frame(1, 4, false)];
        HashSet<int> ends = [9, 11, 145, 151, 155, 161];
        for (int first = 0; first <= octets.Length; first++)
        {
            for (int second = first; second <= octets.Length; second++)
            {
                FrameTracker tracker = default;
                int at = 0;
                foreach (int end in new[] { first, second, octets.Length })
                {
                    Check(ref tracker, octets, at, end, ends, closedAt: 155);
                    at = end;
                }
            }
        }
    }

    [Fact]
    public void Random_frames_in_random_pieces_give_their_boundaries()
    {
        int seed = Random.Shared.Next();
        _output.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 300; round++)
        {
            List<byte> octets = [];
            HashSet<int> ends = [];
            int closedAt = int.MaxValue;
            for (int i = random.Next(1, 8); i > 0; i--)
            {
                int opcode = random.Next(16);
                octets.AddRange(Frame(opcode, _lengths[random.Next(_lengths.Length)], random.Next(2) == 0));
                ends.Add(octets.Count);
                closedAt = opcode == 8 ? Math.Min(closedAt, octets.Count) : closedAt;
            }

            byte[] all = [.. octets];
            FrameTracker tracker = default;
            for (int at = 0; at < all.Length;)
            {
                int end = Math.Min(all.Length, at + (random.Next(3) == 0 ? random.Next(1, 8) : random.Next(1, 40_000)));
                Check(ref tracker, all, at, end, ends, closedAt);
                at = end;
            }
        }
    }

    [Fact]
    public void Octets_that_are_no_frames_never_break_it()
    {
        int seed = Random.Shared.Next();
        _output.WriteLine($"seed {seed}");
        Random random = new(seed);
        byte[] noise = new byte[5000];
        for (int round = 0; round < 200; round++)
        {
            random.NextBytes(noise);
            FrameTracker whole = default;
            int boundary = whole.Advance(noise);
            FrameTracker pieces = default;
            int last = -1;
            for (int at = 0; at < noise.Length; at++)
            {
                last = pieces.Advance(noise.AsSpan(at, 1)) == 1 ? at + 1 : last;
            }

            last.ShouldBe(boundary);
            pieces.IsAtBoundary.ShouldBe(whole.IsAtBoundary);
            pieces.HasClosed.ShouldBe(whole.HasClosed);
        }
    }

    [Fact]
    public void A_length_beyond_all_measure_is_never_reached()
    {
        FrameTracker tracker = default;
        tracker.Advance([0x82, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).ShouldBe(-1);
        tracker.Advance(new byte[100_000]).ShouldBe(-1);
        tracker.IsAtBoundary.ShouldBeFalse();
    }

    [Fact]
    public void Close_frames_are_frames_with_their_status()
    {
        byte[] frame = new byte[CloseFrame.MaxOctets];
        CloseFrame.Write(frame, CloseFrame.GoingAway).ShouldBe(4);
        frame[..4].ShouldBe([0x88, 0x02, 0x03, 0xE9]);
        CloseFrame.WriteMasked(frame, CloseFrame.GoingAway, 0x12345678).ShouldBe(8);
        frame.ShouldBe([0x88, 0x82, 0x12, 0x34, 0x56, 0x78, 0x03 ^ 0x12, 0xE9 ^ 0x34]);
        FrameTracker tracker = default;
        tracker.Advance(frame).ShouldBe(8);
        tracker.HasClosed.ShouldBeTrue();
    }

    private static void Check(ref FrameTracker tracker, byte[] octets, int from, int to, HashSet<int> ends, int closedAt)
    {
        int last = ends.Where(end => end > from && end <= to).DefaultIfEmpty(from - 1).Max();
        tracker.Advance(octets.AsSpan(from, to - from)).ShouldBe(last - from);
        tracker.IsAtBoundary.ShouldBe(to == 0 || ends.Contains(to));
        tracker.HasClosed.ShouldBe(to >= closedAt);
    }

    private static byte[] Frame(int opcode, int length, bool isMasked)
    {
        List<byte> frame = [(byte)(0x80 | opcode)];
        byte mask = isMasked ? (byte)0x80 : (byte)0;
        byte[] extended = new byte[length > 65535 ? 8 : length > 125 ? 2 : 0];
        if (extended.Length == 8)
        {
            BinaryPrimitives.WriteInt64BigEndian(extended, length);
        }
        else if (extended.Length == 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(extended, (ushort)length);
        }

        frame.Add((byte)(mask | (extended.Length == 8 ? 127 : extended.Length == 2 ? 126 : length)));
        frame.AddRange(extended);
        frame.AddRange(new byte[length + (isMasked ? 4 : 0)]);
        return [.. frame];
    }
}
