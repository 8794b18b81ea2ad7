using Weir.Acme;
using Weir.AutomaticHttps;

namespace Weir.Tests.AutomaticHttps;

public sealed class RenewalTimeTests
{
    private static readonly DateTimeOffset _begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(90, 60)]
    [InlineData(6, 4)]
    [InlineData(365 * 3, 365 * 2)]
    public void Without_advice_a_certificate_is_renewed_at_two_thirds_of_its_lifetime(int days, int renewedAfter) =>
        RenewalTime.Usual(_begin, _begin.AddDays(days)).ShouldBe(_begin.AddDays(renewedAfter), TimeSpan.FromSeconds(1));

    [Theory]
    [InlineData(0, 50)]
    [InlineData(0.5, 51)]
    [InlineData(1, 52)]
    public void Within_the_advised_window_chance_decides(double chance, int day) =>
        RenewalTime.Advised(Advice(50, 52), _begin, _begin.AddDays(90), chance).ShouldBe(_begin.AddDays(day), TimeSpan.FromSeconds(1));

    [Fact]
    public void Advice_never_leaves_too_little_time_for_a_second_try() =>
        RenewalTime.Advised(Advice(89, 95), _begin, _begin.AddDays(90), 1).ShouldBe(_begin.AddDays(85.5), TimeSpan.FromSeconds(1));

    [Fact]
    public void A_window_in_the_past_means_now() =>
        RenewalTime.Advised(Advice(-5, -4), _begin, _begin.AddDays(90), 0.5).ShouldBeLessThan(_begin);

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 120)]
    [InlineData(3, 480)]
    [InlineData(4, 1920)]
    [InlineData(5, 7680)]
    [InlineData(6, 30720)]
    [InlineData(7, 43200)]
    [InlineData(1_000_000, 43200)]
    public void Waits_grow_to_half_a_day_and_no_further(int failures, int seconds)
    {
        RenewalTime.Retry(failures, 0.5).TotalSeconds.ShouldBe(seconds, 0.01);
        RenewalTime.Retry(failures, 0).TotalSeconds.ShouldBe(seconds * 0.8, 0.01);
        RenewalTime.Retry(failures, 1).TotalSeconds.ShouldBe(seconds * 1.2, 0.01);
    }

    [Fact]
    public void An_hour_sees_no_more_than_five_tries()
    {
        double seconds = 0;
        int tries = 0;
        while (seconds < 3600)
        {
            tries++;
            seconds += RenewalTime.Retry(tries, 0.5).TotalSeconds;
        }

        tries.ShouldBeLessThanOrEqualTo(5);
    }

    private static RenewalAdvice Advice(int from, int to) => new(_begin.AddDays(from), _begin.AddDays(to), TimeSpan.FromHours(6), null);
}
