using System.Globalization;
using System.Text;
using Weir.Http.Fields;

namespace Weir.Http.Tests.Fields;

public sealed class HttpDateTests
{
    private const long Now = 1_800_000_000;

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", 784111777L)]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", 784111777L)]
    [InlineData("Sun Nov  6 08:49:37 1994", 784111777L)]
    [InlineData("Wed Nov 16 08:49:37 1994", 784975777L)]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT", 0L)]
    [InlineData("Tue, 29 Feb 2000 23:59:60 GMT", 951868800L)]
    [InlineData("Mon, 01-Jan-77 00:00:00 GMT", null)]
    [InlineData("Friday, 01-Jan-77 00:00:00 GMT", 3376684800L)]
    [InlineData("Saturday, 01-Jan-78 00:00:00 GMT", 252460800L)]
    [InlineData("", null)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("Sun, 06 Nov 1994 08:49:37", null)]
    [InlineData("Sun, 06 Nov 1994 08:49:37 UTC", null)]
    [InlineData("Sun, 06 Nov 1994 08:49:37 gmt", null)]
    [InlineData("Sun, 6 Nov 1994 08:49:37 GMT", null)]
    [InlineData("Sun, 06 nov 1994 08:49:37 GMT", null)]
    [InlineData("Sun, 31 Nov 1994 08:49:37 GMT", null)]
    [InlineData("Sun, 29 Feb 1900 08:49:37 GMT", null)]
    [InlineData("Sun, 06 Nov 0000 08:49:37 GMT", null)]
    [InlineData("Sun, 06 Nov 1994 24:49:37 GMT", null)]
    [InlineData("Sun, 06 Nov 1994 08:60:37 GMT", null)]
    [InlineData("Sun, 06 Nov 1994 08-49-37 GMT", null)]
    [InlineData("Xyz, 06 Nov 1994 08:49:37 GMT", null)]
    [InlineData("Sun, 06 Nov 199\u0664 08:49:37 GMT", null)]
    [InlineData("Sun Nov 06 08:49:37 1994 GMT", null)]
    [InlineData("Sunday, 06-Nov-1994 08:49:37 GMT", null)]
    public void The_three_forms_are_read_and_nothing_else(string text, long? seconds)
    {
        bool isDate = HttpDate.TryParse(Encoding.UTF8.GetBytes(text), Now, out long found);
        isDate.ShouldBe(seconds is not null);
        found.ShouldBe(seconds ?? 0);
    }

    [Fact]
    public void A_date_is_written_as_the_platform_writes_it_and_read_back()
    {
        Random random = new(11);
        byte[] target = new byte[HttpDate.Octets];
        for (int round = 0; round < 1000; round++)
        {
            long seconds = random.NextInt64(-2_000_000_000, 10_000_000_000);
            HttpDate.Format(seconds, target);
            string expected = DateTime.UnixEpoch.AddSeconds(seconds).ToString("R", CultureInfo.InvariantCulture);
            Encoding.ASCII.GetString(target).ShouldBe(expected);
            HttpDate.TryParse(target, Now, out long read).ShouldBeTrue();
            read.ShouldBe(seconds);
        }
    }
}
