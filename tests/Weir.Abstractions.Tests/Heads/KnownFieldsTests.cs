using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Tests.Heads;

public sealed class KnownFieldsTests
{
    [Fact]
    public void Every_known_field_is_found_by_its_name_in_any_case()
    {
        ((int)KnownField.Count).ShouldBeLessThanOrEqualTo(64);
        for (KnownField field = KnownField.Host; field < KnownField.Count; field++)
        {
            string name = KnownFields.Name(field);
            KnownFields.Find(Encoding.ASCII.GetBytes(name)).ShouldBe(field);
            KnownFields.Find(Encoding.ASCII.GetBytes(name.ToUpperInvariant())).ShouldBe(field);
            KnownFields.Find(Encoding.ASCII.GetBytes(name.ToLowerInvariant())).ShouldBe(field);
            KnownFields.Find(Encoding.ASCII.GetBytes(name + "x")).ShouldBe(KnownField.Other);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("X-Custom")]
    [InlineData("Content_Length")]
    [InlineData("Hos")]
    public void An_unknown_name_is_other(string name) =>
        KnownFields.Find(Encoding.ASCII.GetBytes(name)).ShouldBe(KnownField.Other);
}
