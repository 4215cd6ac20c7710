using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Sources;

public sealed class SeparatorTests
{
    [Theory]
    [InlineData("[\n  {\n    \"user_id\": \"u\"\n  },\n  {\n    \"user_id\": \"v\"\n  }\n]", FrameState.Array)]
    [InlineData("{\"user_id\": \"u\"}\n{\"user_id\": \"v\"}\n", FrameState.Top)]
    [InlineData("{\"d\": [{\"user_id\": \"u\"},{\"user_id\": \"v\"}]}", FrameState.Wrapped)]
    public void The_bytes_between_records_are_learned_and_found(string text, FrameState state)
    {
        using Document document = new(text.Bytes());
        document.Window.MoveTo(0, text.Length);
        Separator separator = Separator.Learn(document.Window, document.Head, 1000, out FrameState learned);
        Assert.Equal(state, learned);
        document.Window.MoveTo(0, text.Length);
        int second = text.LastIndexOf('{');
        for (int from = 0; from <= text.Length; from++)
        {
            long found = separator.Find(document.Window, from, text.Length);
            Assert.Equal(from <= second ? second : -1, found);
            Assert.Equal(-1, separator.Find(document.Window, from, second));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"user_id\": 1}")]
    [InlineData("1 2 3")]
    [InlineData("{} {}")]
    public void With_fewer_than_two_records_nothing_is_learned(string text)
    {
        using Document document = new(text.Bytes());
        document.Window.MoveTo(0, text.Length);
        Assert.Same(Separator.None, Separator.Learn(document.Window, document.Head, 1000, out _));
        Assert.Equal(-1, Separator.None.Find(document.Window, 0, text.Length));
    }
}
