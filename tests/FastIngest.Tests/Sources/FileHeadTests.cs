using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Sources;

public sealed class FileHeadTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("   ", 3)]
    [InlineData("[{}]", 0)]
    [InlineData(" \t\r\n{\"user_id\": 1}", 4)]
    [InlineData("\uFEFF[]", 3)]
    [InlineData("\uFEFF \n{\"a\": 1}", 5)]
    [InlineData("{\"a\": [1, {\"b\": 2}]}", 0)]
    [InlineData("{\"a\": [[{}]]}", 0)]
    [InlineData("{\"a\": [{}], \"user_id\": 1}", 0)]
    [InlineData("{\"user_id\": 1, \"a\": [{}]}", 0)]
    [InlineData("{\"\\u0075ser_id\": 1, \"a\": [{}]}", 0)]
    [InlineData("{\"a\" [{}]}", 0)]
    [InlineData("[{\"a\": [{}]}]", 0)]
    public void A_file_of_records_begins_at_its_first_byte_that_is_not_white_space(string text, int offset) =>
        Assert.Equal(new FramePosition(offset, FrameState.Top), FileHead.Find(text.Bytes()));

    [Theory]
    [InlineData("{\"data\": [~{}]}")]
    [InlineData("{\"exported\": \"now\", \"data\": [ ~{\"user_id\": 1}]}")]
    [InlineData("\uFEFF\n{\"meta\": {\"user_id\": 7}, \"tags\": [\"x\", {}], \"data\": [\n~{}]}")]
    [InlineData("{\"export\": {\"health\": {\"rows\": [~{}]}}}")]
    [InlineData("{\"empty\": [], \"data\": [~{}], \"more\": [{}]}")]
    [InlineData("{\"data\": [~{}, {\"user_id\": 1}, {\"torn")]
    [InlineData("{\"data\": [~{}], garbage")]
    public void A_wrapper_begins_at_the_first_object_of_its_array(string text)
    {
        byte[] bytes = text.Replace("~", "", StringComparison.Ordinal).Bytes();
        int offset = text[..text.IndexOf('~', StringComparison.Ordinal)].Bytes().Length;
        Assert.Equal(new FramePosition(offset, FrameState.Wrapped), FileHead.Find(bytes));
    }

    [Fact]
    public void An_array_counts_when_its_first_object_begins_within_4096_bytes()
    {
        for (int padding = 4060; padding < 4110; padding++)
        {
            string text = $"{{\"p\": \"{new string('x', padding)}\", \"d\": [{{\"user_id\": 1}}]}}";
            int at = text.IndexOf("[{", StringComparison.Ordinal) + 1;
            FramePosition expected = at < 4096 ? new(at, FrameState.Wrapped) : new(0, FrameState.Top);
            Assert.Equal(expected, FileHead.Find(text.Bytes()));
        }
    }

    [Fact]
    public void A_user_id_after_the_array_counts_within_the_first_4096_bytes()
    {
        string record = $"{{\"items\": [{{}}], \"user_id\": 1, \"note\": \"{new string('x', 5000)}\"}}";
        Assert.Equal(FrameState.Top, FileHead.Find(record.Bytes()).State);
        string wrapper = $"{{\"items\": [{{}}], \"note\": \"{new string('x', 5000)}\", \"user_id\": 1}}";
        Assert.Equal(FrameState.Wrapped, FileHead.Find(wrapper.Bytes()).State);
    }

    [Theory]
    [InlineData("""{"\ud800":1,"data":[{"user_id":"a"}]}""", FrameState.Wrapped)]
    [InlineData("""{"\udc00":1,"user\u005fid":"w","data":[{"user_id":"a"}]}""", FrameState.Top)]
    public void A_name_with_a_lone_surrogate_is_not_user_id(string head, FrameState state) => Assert.Equal(state, FileHead.Find(head.Bytes()).State);
}
