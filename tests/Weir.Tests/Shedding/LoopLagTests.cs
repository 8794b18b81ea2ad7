using Weir.Shedding;

namespace Weir.Tests.Shedding;

public sealed class LoopLagTests
{
    private const long Ms = 1_000_000;

    [Fact]
    public void A_loop_that_is_always_in_long_turns_lags_by_their_length()
    {
        LoopLag lag = new(2);
        for (int i = 0; i < 5; i++)
        {
            lag.Note(1, 100 * Ms);
        }

        lag.TakeMs(500).ShouldBe(100);
        lag.TakeMs(500).ShouldBe(0);
    }

    [Fact]
    public void A_turn_among_idle_time_counts_by_the_chance_to_come_into_it()
    {
        LoopLag lag = new(1);
        lag.Note(0, 100 * Ms);
        lag.TakeMs(500).ShouldBe(20);
    }

    [Fact]
    public void The_worst_loop_counts()
    {
        LoopLag lag = new(3);
        lag.Note(0, 50 * Ms);
        lag.Note(2, 500 * Ms);
        lag.TakeMs(500).ShouldBe(500);
    }
}
