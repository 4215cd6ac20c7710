using System.Text;
using FastIngest.Sources;

namespace FastIngest.Tests.Sources;

public class FileHeadTests
{
    [Theory]
    [InlineData("""{"\ud800":1,"data":[{"user_id":"a"}]}""", FrameState.Wrapped)]
    [InlineData("""{"\udc00":1,"user\u005fid":"w","data":[{"user_id":"a"}]}""", FrameState.Top)]
    public void A_name_with_a_lone_surrogate_is_not_user_id(string head, FrameState state) =>
        Assert.Equal(state, FileHead.Find(Encoding.UTF8.GetBytes(head)).State);

    [Fact]
    public void A_large_object_whose_array_of_objects_ends_in_the_head_before_its_user_id_is_no_wrapper()
    {
        string rest = $"\"note\":\"{new string('x', FileHead.WrapperBytes)}\"}}";
        Assert.Equal(FrameState.Top, FileHead.Find(Encoding.UTF8.GetBytes("{\"sets\":[{\"reps\":5}],\"user_id\":\"a\"," + rest)).State);
        Assert.Equal(FrameState.Wrapped, FileHead.Find(Encoding.UTF8.GetBytes("{\"sets\":[{\"reps\":5}]," + rest)).State);
    }
}
