using System.Text;
using Weir.Modules.AuthBasic;

namespace Weir.Modules.Tests.AuthBasic;

public sealed class PasswordHashTests
{
    /// <summary>Made by htpasswd, openssl and libxcrypt.</summary>
    public static TheoryData<string, string> Hashes => new()
    {
        { "correct horse", "$2y$05$qDOd0yJI88kd1kIaktmcru/u2mcUdMdfmO.ljtOIsq0e5fRx/WeIu" },
        { "correct horse", "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e" },
        { "correct horse", "$apr1$H0XPmr2f$1QfUi5GmcxknumWhGfN7o0" },
        { "a long password with more than sixteen octets", "$apr1$12345678$qKNrxVM/Mbv9Ybi8OzdlX1" },
        { "x", "$apr1$ab$eIePjsejfBGR8ITtu2z0U1" },
        { "", "$apr1$12345678$sHuPAw7VA9xjRbJz7zKV7/" },
        { "correct horse", "$6$abcdefgh$yIZAF3gQPvtKZO/9qOJKffAKKbtS3ef3qmwyugk4uWVjX8YZf/GV3A8SkFxEPY0T56CcilGrHKLffBsp6dLMG." },
        { "correct horse", "$5$saltsalt$myjXcpMpE2Ofk7fj9hqyNYSn6lmWG4Mqnjx.KIRRr4/" },
        { "correct horse", "$y$j75$saltsaltsalt$zQziiNee/3jd.PJJvsNgy7GH5uO3HbsUNcQ3Jsopj2B" },
        { "correct horse", "$y$j9T$saltsaltsaltsalt$gNcNhvFTt75JDF1LO9O.MCPyp8TkQxrhQSKqUeo/Uy6" },
    };

    [Theory]
    [MemberData(nameof(Hashes))]
    public void What_other_programs_have_hashed_is_known_again_and_nothing_else(string password, string hash)
    {
        PasswordHash.ProblemOf(hash).ShouldBeNull();
        PasswordHash.IsOf(Encoding.UTF8.GetBytes(password), hash).ShouldBeTrue();
        PasswordHash.IsOf(Encoding.UTF8.GetBytes(password + "!"), hash).ShouldBeFalse();
        PasswordHash.IsOf([.. Encoding.UTF8.GetBytes(password), 0, (byte)'x'], hash).ShouldBeFalse("A C string would end there.");
        PasswordHash.ProblemOf(hash[..^1]).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=")]
    [InlineData("rqXexS6ZhobKA")]
    [InlineData("")]
    [InlineData("$2y$")]
    [InlineData("$9$abc$def")]
    [InlineData("$2y$31$qDOd0yJI88kd1kIaktmcru/u2mcUdMdfmO.ljtOIsq0e5fRx/WeIu")]
    [InlineData("$6$rounds=999999999$abcdefgh$yIZAF3gQPvtKZO/9qOJKffAKKbtS3ef3qmwyugk4uWVjX8YZf/GV3A8SkFxEPY0T56CcilGrHKLffBsp6dLMG.")]
    public void What_is_no_hash_or_too_dear_is_told(string hash) => PasswordHash.ProblemOf(hash).ShouldNotBeNull();
}
