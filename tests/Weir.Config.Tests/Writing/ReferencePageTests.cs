using Weir.Config.Tests.Modules;
using Weir.Config.Writing;

namespace Weir.Config.Tests.Writing;

public sealed class ReferencePageTests
{
    [Fact]
    public void The_page_has_a_row_for_every_kind_of_option()
    {
        string page = ReferencePage.Write(FakeCatalog.Instance);
        page.ShouldContain("| `header_timeout` | a duration, 10ms to 1h | `10s` | Time to receive a whole request head. |\n");
        page.ShouldContain("### `upstreams.*.retry`\n");
        page.ShouldContain("### `redirect`\n");
        page.ShouldContain("| `to` | a text, as in `/new/{path.rest}` | must be given | Where to. |\n");
        page.ShouldContain("#### `headers.response`\n");
    }
}
