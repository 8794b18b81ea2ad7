using Weir.Pipeline.Health;

namespace Weir.Pipeline.Tests.Health;

/// <summary>Proves how many answers in a row change what a server is called.</summary>
public sealed class CheckStreakTests
{
    [Fact]
    public void One_good_answer_is_enough_for_a_server_of_which_nothing_is_known()
    {
        Turns(new CheckStreak(2, 3, isFailing: false, isKnown: false), "ggg").ShouldBe("K..");
    }

    [Fact]
    public void Only_bad_answers_in_a_row_make_it_fail()
    {
        Turns(new CheckStreak(2, 3, isFailing: false, isKnown: false), "bbgbbgbbbb").ShouldBe("..K.....F.");
    }

    [Fact]
    public void Only_good_answers_in_a_row_make_it_healthy_again()
    {
        Turns(new CheckStreak(2, 3, isFailing: true, isKnown: true), "gbgbggbbb").ShouldBe(".....R..F");
    }

    [Fact]
    public void One_of_each_is_a_change_at_every_answer()
    {
        Turns(new CheckStreak(1, 1, isFailing: false, isKnown: true), "bgbg").ShouldBe("FRFR");
    }

    private static string Turns(CheckStreak streak, string answers) =>
        string.Concat(answers.Select(answer => streak.Take(answer == 'g') switch
        {
            CheckTurn.Known => 'K',
            CheckTurn.Fell => 'F',
            CheckTurn.Rose => 'R',
            _ => '.',
        }));
}
