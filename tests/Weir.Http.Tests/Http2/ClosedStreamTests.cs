using Weir.Http.Http2;

namespace Weir.Http.Tests.Http2;

/// <summary>What is remembered of closed streams: bounded, and right at any age where it can be.</summary>
public sealed class ClosedStreamTests
{
    [Fact]
    public void What_ended_as_streams_do_is_known_for_ever()
    {
        ClosedStreams closed = new(StreamState.ClosedByEnd);
        for (int id = 1; id < 100_000; id += 2)
        {
            closed.Add(id, StreamState.ClosedByEnd);
        }

        closed.Find(1).ShouldBe(StreamState.ClosedByEnd);
        closed.Find(99_999).ShouldBe(StreamState.ClosedByEnd);
    }

    [Theory]
    [InlineData(StreamState.ClosedByEnd)]
    [InlineData(StreamState.ClosedByReset)]
    public void Of_resets_the_last_ones_are_known_and_what_an_older_one_counts_as_is_chosen(StreamState forgotten)
    {
        ClosedStreams closed = new(forgotten);
        for (int id = 1; id <= 511; id += 2)
        {
            closed.Add(id, StreamState.ClosedByPeer);
        }

        closed.Find(1).ShouldBe(StreamState.ClosedByPeer);
        closed.Add(513, StreamState.ClosedByReset);
        closed.Find(513).ShouldBe(StreamState.ClosedByReset);
        closed.Find(3).ShouldBe(StreamState.ClosedByPeer);
        closed.Find(1).ShouldBe(forgotten);
    }

    [Fact]
    public void The_last_word_on_a_stream_counts()
    {
        ClosedStreams closed = new(StreamState.ClosedByEnd);
        closed.Add(1, StreamState.ClosedByPeer);
        closed.Add(1, StreamState.ClosedByReset);
        closed.Find(1).ShouldBe(StreamState.ClosedByReset);
    }

    [Fact]
    public void Numbers_that_were_left_out_are_known_as_that_a_bounded_number_of_ranges()
    {
        ClosedStreams closed = new(StreamState.ClosedByEnd);
        for (int i = 0; i < 65; i++)
        {
            closed.Skip((i * 100) + 1, (i * 100) + 50);
        }

        closed.Find(101).ShouldBe(StreamState.Skipped);
        closed.Find(6_450).ShouldBe(StreamState.Skipped);
        closed.Find(151).ShouldBe(StreamState.ClosedByEnd);
        closed.Find(1).ShouldBe(StreamState.ClosedByEnd);
    }
}
