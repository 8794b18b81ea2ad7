using Weir.Abstractions.Options;
using Weir.Config.Yaml;

namespace Weir.Config.Tests.Yaml;

public sealed class Utf8TextTests
{
    [Fact]
    public void An_octet_that_is_not_utf8_is_reported_with_its_place()
    {
        ErrorList errors = new();
        Utf8Text.Decode("weir.yaml", [.. "a: b\nü: "u8, 0xFF], errors).ShouldBeNull();
        ConfigError error = errors.ToSorted().ShouldHaveSingleItem();
        (error.Line, error.Column).ShouldBe((2, 4));
        error.Cause.ShouldContain("0xFF");
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over_and_utf16_is_refused()
    {
        ErrorList errors = new();
        Utf8Text.Decode("weir.yaml", "\uFEFFa: b"u8, errors).ShouldBe("a: b");
        errors.Count.ShouldBe(0);
        Utf8Text.Decode("weir.yaml", [0xFF, 0xFE, 0x61, 0], errors).ShouldBeNull();
        errors.Count.ShouldBe(1);
    }
}
